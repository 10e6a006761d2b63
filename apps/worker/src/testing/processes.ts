/** Processes as Linux shows them in /proc; of one that has ended there is nothing. */
import { readFileSync } from 'node:fs';

/** The processes that a process has started and that are still there. */
export function childrenOf(pid: number): readonly number[] {
  const found = read(`${pid}/task/${pid}/children`).trim();
  return found === '' ? [] : found.split(' ').map(Number);
}

/** The program and its arguments, each followed by a null character. */
export function commandOf(pid: number): string {
  return read(`${pid}/cmdline`);
}

function read(path: string): string {
  try {
    return readFileSync(`/proc/${path}`, 'utf8');
  } catch {
    return '';
  }
}
