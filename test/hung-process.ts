import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Where a process stands: the calls of its main thread where gdb is installed, else what its threads wait for in the kernel. */
export function whereItStands(pid: number): string {
  try {
    return execFileSync('gdb', ['-p', String(pid), '-batch', '-ex', 'backtrace 20'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 60_000,
    });
  } catch {
    return readThreads(pid);
  }
}

function readThreads(pid: number): string {
  const read = (path: string) => {
    try {
      return readFileSync(`/proc/${pid}/task/${path}`, 'utf8').trim();
    } catch {
      return '?';
    }
  };
  const threads = readdirSync(`/proc/${pid}/task`);
  return threads.map((thread) => `${read(`${thread}/comm`)}: ${read(`${thread}/wchan`)}`).join('\n');
}
