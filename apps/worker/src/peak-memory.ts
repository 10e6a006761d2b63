import { openSync, readSync, writeSync } from 'node:fs';

/** Writing "5" here lets the kernel count the peak of this process anew: proc(5). */
const resetFile = '/proc/self/clear_refs';
/** Holds that peak as VmHWM. `getrusage` also counts what the parent had resident when it started this process. */
const statusFile = '/proc/self/status';

let resetHandle: number | undefined;
let statusHandle: number | undefined;
const status = Buffer.alloc(8192);
let readAtMs = -Infinity;
let bytes = 0;

/**
 * Begins a new count of the most memory that this process has resident. Where the system has no such thing, `peakMemoryBytes`
 * counts from the start of the process.
 */
export function restartPeakMemory(): void {
  readAtMs = -Infinity;
  try {
    resetHandle ??= openSync(resetFile, 'w');
    writeSync(resetHandle, '5', 0);
  } catch {
    // an older kernel, or another system
  }
}

/** Most bytes resident since then, as of a millisecond ago at most: trials that take no time are not kept waiting for it. */
export function peakMemoryBytes(): number {
  const now = performance.now();
  if (now - readAtMs >= 1) {
    bytes = readPeakMemory();
    readAtMs = now;
  }
  return bytes;
}

function readPeakMemory(): number {
  try {
    statusHandle ??= openSync(statusFile, 'r');
    const length = readSync(statusHandle, status, 0, status.length, 0);
    const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status.toString('latin1', 0, length))?.[1];
    if (kibibytes !== undefined) return Number(kibibytes) * 1024;
  } catch {
    // another system
  }
  // in kibibytes on every platform: libuv converts
  return process.resourceUsage().maxRSS * 1024;
}
