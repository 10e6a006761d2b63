import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { findDeclaration } from '@natsweep/catalogue';
import { trialId, type Trial } from '@natsweep/sweep';

const worker = join(resolve(import.meta.dirname, '../..'), 'apps/worker/src/main.ts');

/** Trials of `wide-training` in each of so many processes at once, without a queue: seconds from the first result on. */
export async function bareSeconds(processes: number, trialsEach: number, given: object): Promise<number> {
  const declaration = findDeclaration('wide-training')!;
  const params = declaration.parameters.parse(given) as Trial['params'];
  const { name: experiment, version } = declaration;
  const trials = Array.from({ length: trialsEach }, (_, index): Trial => {
    const id = trialId({ experiment, version, params, seed: index });
    return { trialId: id, index, experiment, experimentVersion: version, params, seed: index };
  });
  const spans = await Promise.all(Array.from({ length: processes }, () => runTrials(trials)));
  return Math.max(...spans.map(({ last }) => last)) - Math.max(...spans.map(({ first }) => first));
}

async function runTrials(trials: readonly Trial[]): Promise<{ readonly first: number; readonly last: number }> {
  const child = spawn(process.execPath, [worker, '--once', '--engine', 'openblas'], {
    env: { ...process.env, OPENBLAS_NUM_THREADS: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(trials.map((trial) => `${JSON.stringify(trial)}\n`).join(''));
  let first = 0;
  let last = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    last = performance.now() / 1000;
    first ||= last;
  }
  if (child.exitCode === null) await once(child, 'exit');
  return { first, last };
}
