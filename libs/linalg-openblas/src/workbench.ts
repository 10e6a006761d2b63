import type { FloatArray, Reference, Routines } from './routines.ts';
import type { Memory } from './memory.ts';

/** What a LAPACK driver works with. */
export interface Workbench {
  readonly routines: Routines;
  readonly memory: Memory;
}

/** A LAPACK routine did not converge. */
export class LapackError extends Error {
  override readonly name = 'LapackError';
  readonly code = 'LAPACK';

  constructor(routine: string, info: number) {
    super(`${routine} did not converge (info ${info})`);
  }
}

/**
 * Calls a routine twice, as LAPACK wants it: first for the length of its workspace, then with one.
 *
 * @param call passes (work, lwork) on to the routine
 */
export function withWorkspace(memory: Memory, call: (work: FloatArray, lwork: Int32Array) => void): void {
  const lwork = Int32Array.of(-1);
  const length = memory.scratch([1], (answer) => {
    call(answer, lwork);
    return Math.max(1, Math.ceil(answer[0]!));
  });
  lwork[0] = length;
  memory.scratch([length], (work) => call(work, lwork));
}

/** Throws `LapackError` unless `info` is 0. */
export function checkInfo(routine: string, info: Reference): void {
  if (info[0] !== 0) throw new LapackError(routine, info[0]!);
}
