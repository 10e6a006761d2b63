import { readFileSync } from 'node:fs';

/** What the kernel counts in, wherever Node runs on Linux. */
const ticksPerSecond = 100;

/** Processor seconds that a process and its children have used; NaN where the kernel has no /proc. */
export function processorSeconds(pid: number): number {
  const stat = readProc(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  const own = (Number(stat[11]) + Number(stat[12])) / ticksPerSecond;
  const children = readProc(pid, `task/${pid}/children`).split(' ').filter(Boolean).map(Number);
  return children.reduce((sum, child) => sum + processorSeconds(child), own);
}

/** Resident memory of a process; NaN where the kernel has no /proc. */
export function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1]) * 1024;
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}
