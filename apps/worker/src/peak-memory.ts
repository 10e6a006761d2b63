import { openSync, writeSync } from 'node:fs';

/** Writing "5" here lets the kernel count the peak of this process anew: proc(5). */
const resetFile = '/proc/self/clear_refs';

let handle: number | undefined;

/**
 * Begins a new count of the most memory that this process has resident. Where the system has no such thing, `peakMemoryBytes`
 * counts from the start of the process.
 */
export function restartPeakMemory(): void {
  try {
    handle ??= openSync(resetFile, 'w');
    writeSync(handle, '5', 0);
  } catch {
    // an older kernel, or another system
  }
}

/** Most bytes resident since then. */
export function peakMemoryBytes(): number {
  // in kibibytes on every platform: libuv converts
  return process.resourceUsage().maxRSS * 1024;
}
