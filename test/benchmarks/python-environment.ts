import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const environment = join(homedir(), '.cache', 'natsweep', 'peers');

/** Python of a virtual environment in the cache directory, where peers are installed by pip, once. */
export const python = join(environment, 'bin', 'python');

/** @param requirement As pip takes it, with its exact version. */
export async function installPeer(requirement: string): Promise<void> {
  if (!existsSync(python)) {
    mkdirSync(environment, { recursive: true });
    await run('python3', ['-m', 'venv', environment], { timeout: 120_000 });
  }
  await run(python, ['-m', 'pip', 'install', '--quiet', '--retries', '0', '--disable-pip-version-check', requirement], {
    timeout: 600_000,
  });
}

/** The last thing that a program said, or why there was none. */
export function reason(error: unknown): string {
  const { stderr, message } = error as { stderr?: string; message: string };
  return (stderr?.trim().split('\n').at(-1) || message.split('\n')[0]) ?? message;
}
