import { spawn } from 'node:child_process';

import type { EngineInfo, Measured, Trial } from '@natsweep/sweep';

import { appEntry, type Environment } from './environment.ts';
import { CliError, exitCodes, type ExitCode } from './exit.ts';

/** What the worker's `--once` prints of a trial. */
export interface OnceResult {
  readonly trialId: string;
  readonly outcome: string;
  readonly metrics: Readonly<Record<string, Measured>>;
  readonly traces: Readonly<Record<string, readonly Measured[]>>;
  readonly elapsedSeconds: number;
  readonly engine: EngineInfo;
  readonly peakMemoryBytes: number;
}

/** What the worker's exit codes mean here; any other is a trial that failed. */
const workerFaults: ReadonlyMap<number | null, ExitCode> = new Map([
  [2, exitCodes.badInput],
  [3, exitCodes.unavailable],
]);

/** Runs one trial in a process of its own on this machine, outside any sweep: nothing is queued, nothing is recorded. */
export function runOnce(
  { variables }: Environment,
  trial: Trial,
  { engine = 'auto' }: { readonly engine?: string } = {},
): Promise<OnceResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [appEntry('worker'), '--once', '--engine', engine], { env: variables });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code === 0) return resolve(JSON.parse(stdout) as OnceResult);
      const complaint = stderr.split('\n').find((line) => /^\w*(Error|error)?: /.test(line));
      const reason = complaint?.replace(/^\w*(Error)?: /, '') ?? `it ended with ${signal ?? `code ${code}`}`;
      const exitCode = workerFaults.get(code) ?? exitCodes.negative;
      reject(new CliError(exitCode === exitCodes.unavailable ? reason : `The trial failed: ${reason}`, exitCode));
    });
    child.stdin.end(`${JSON.stringify(trial)}\n`);
  });
}
