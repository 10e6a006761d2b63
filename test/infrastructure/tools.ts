import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** Whether a program is on the PATH. */
export function isInstalled(program: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)));
}

/** For t.skip: why a test of `program` cannot run here; undefined if it can. */
export function missing(program: string, debianPackage: string): string | undefined {
  return isInstalled(program) ? undefined : `${program} is not installed (Debian: ${debianPackage})`;
}

export interface RunResult {
  readonly status: number | null;
  /** Standard output and error together. */
  readonly output: string;
  readonly stdout: string;
}

/** Runs a program in a folder of the repository and waits for it. */
export function run(
  program: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): RunResult {
  const { cwd = '.', env = {} } = options;
  const result = spawnSync(program, args, {
    cwd: resolve(root, cwd),
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error) throw result.error;
  return { status: result.status, output: result.stdout + result.stderr, stdout: result.stdout };
}
