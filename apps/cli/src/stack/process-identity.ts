import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process as written down to be found again: ids are reused, so its start time tells it from a later namesake. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the system's own notation. */
  readonly started: string;
}

/** The identity of a running process; undefined if there is none with this id (or it is a zombie). */
export function identifyProcess(pid: number): ProcessIdentity | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid);
  return started === undefined ? undefined : { pid, started };
}

export function isRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.started === identity.started;
}

/** Sends a signal if the process is still the one that was written down. */
export function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Resolves to true when the process has ended, to false when it still runs after `timeoutMs`. */
export async function waitForExit(identity: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  const pollMs = 50;
  for (let waitedMs = 0; isRunning(identity); waitedMs += pollMs) {
    if (waitedMs >= timeoutMs) return false;
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  return true;
}

/** Fields 3 (state) and 22 (start in clock ticks since boot) of /proc/PID/stat, counted after the name in parentheses. */
function startedOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function startedByPs(pid: number): string | undefined {
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
    return started === '' ? undefined : started;
  } catch {
    return undefined;
  }
}
