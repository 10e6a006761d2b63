import { transposeMatrix } from './permute.ts';
import { letter, references } from './routines.ts';
import { checkInfo } from './workbench.ts';
import type { FloatArray } from './routines.ts';
import type { Workbench } from './workbench.ts';

const withVectors = letter('V');
const upper = letter('U');

/**
 * Eigenvalues, ascending, and eigenvectors (columns of `vectors`) of the symmetric matrix in the lower triangle of `a`
 * [n, n], by divide and conquer (`syevd`). `a` is overwritten: LAPACK leaves an eigenvector in each of its rows.
 */
export function eigenSymmetric(
  { routines, memory }: Workbench,
  a: FloatArray,
  { values, vectors, n }: { values: FloatArray; vectors: FloatArray; n: number },
): void {
  if (n === 0) return;
  const [size, lda, info, liwork, lwork] = references(n, n, 0, 3 + 5 * n, 1 + 6 * n + 2 * n * n);
  const iwork = new Int32Array(3 + 5 * n);
  memory.scratch([lwork![0]!], (work) =>
    routines.syevd(withVectors, upper, size!, a, lda!, values, work, lwork!, iwork, liwork!, info!, 1, 1),
  );
  checkInfo('syevd', info!);
  transposeMatrix(vectors, a, { rows: n, columns: n });
}
