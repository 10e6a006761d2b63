import { transposeMatrix } from './permute.ts';
import { letter, references } from './routines.ts';
import type { FloatArray } from './routines.ts';
import type { Workbench } from './workbench.ts';

const transposed = letter('T');

/**
 * x [n, k] ← a⁻¹ x by LU with row pivoting; `a` is overwritten. False where a pivot is exactly zero. LAPACK sees the
 * transpose of a row-major matrix, so it factorises aᵀ and solves with the transpose of that.
 */
export function solveGeneral(
  bench: Workbench,
  a: FloatArray,
  x: FloatArray,
  { n, k }: { n: number; k: number },
): boolean {
  if (x.length === 0) return true;
  const { routines, memory } = bench;
  const pivots = new Int32Array(n);
  const [rows, columns, lda, info, sides, ldb] = references(n, n, n, 0, k, n);
  routines.getrf(rows!, columns!, a, lda!, pivots, info!);
  if (info![0] !== 0) return false;
  memory.scratch([n * k], (columnMajor) => {
    transposeMatrix(columnMajor, x, { rows: n, columns: k });
    routines.getrs(transposed, rows!, sides!, a, lda!, pivots, columnMajor, ldb!, info!, 1);
    transposeMatrix(x, columnMajor, { rows: k, columns: n });
  });
  return true;
}
