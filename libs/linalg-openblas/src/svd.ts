import { letter, references } from './routines.ts';
import { checkInfo, withWorkspace } from './workbench.ts';
import type { FloatArray } from './routines.ts';
import type { Workbench } from './workbench.ts';

const thin = letter('S');

/**
 * Thin singular value decomposition of a [m, n] by divide and conquer (`gesdd`); `a` is overwritten. LAPACK sees
 * aᵀ = V S Uᵀ, so its left factor, read in row-major order, is vt, and its right one is u.
 */
export function singularValues(
  { routines, memory }: Workbench,
  a: FloatArray,
  { m, n, u, s, vt }: { m: number; n: number; u: FloatArray; s: FloatArray; vt: FloatArray },
): void {
  const k = Math.min(m, n);
  if (k === 0) return;
  const iwork = new Int32Array(8 * k);
  const [rows, columns, lda, ldu, ldvt, info] = references(n, m, n, n, k, 0);
  withWorkspace(memory, (work, lwork) =>
    routines.gesdd(thin, rows!, columns!, a, lda!, s, vt, ldu!, u, ldvt!, work, lwork, iwork, info!, 1),
  );
  checkInfo('gesdd', info!);
}
