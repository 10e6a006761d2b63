import { LEFT, LOWER, NON_UNIT, NO_TRANSPOSE, ROW_MAJOR, TRANSPOSE, UPPER, letter, references } from './routines.ts';
import type { FloatArray, Routines } from './routines.ts';

const upper = letter('U');

/**
 * Replaces a [n, n] by the lower Cholesky factor of a + shift I; false (and all NaN) unless that is positive definite and finite.
 * The lower triangle in row-major order is the upper one in LAPACK's order.
 */
export function factorise(routines: Routines, a: FloatArray, { n, shift }: { n: number; shift: number }): boolean {
  if (n === 0) return true;
  if (shift !== 0) for (let i = 0; i < n; i++) a[i * n + i]! += shift;
  const [size, lda, info] = references(n, n, 0);
  routines.potrf(upper, size!, a, lda!, info!, 1);
  // Some kernels let NaN and infinities pass; whichever row has one, its diagonal entry ends up non-finite.
  for (let i = 0; i < n; i++) {
    if (info![0] === 0 && Number.isFinite(a[i * n + i])) continue;
    a.fill(NaN);
    return false;
  }
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, (i + 1) * n);
  return true;
}

export interface Triangle {
  readonly n: number;
  /** Right-hand sides. */
  readonly k: number;
  readonly lower: boolean;
  readonly transpose: boolean;
}

/** x ← a⁻¹ x for one triangular matrix a [n, n] and x [n, k]. */
export function substitute(
  routines: Routines,
  a: FloatArray,
  x: FloatArray,
  { n, k, lower, transpose }: Triangle,
): void {
  if (x.length === 0) return;
  const uplo = lower ? LOWER : UPPER;
  const flag = transpose ? TRANSPOSE : NO_TRANSPOSE;
  if (k === 1) routines.trsv(ROW_MAJOR, uplo, flag, NON_UNIT, n, a, n, x, 1);
  else routines.trsm(ROW_MAJOR, LEFT, uplo, flag, NON_UNIT, n, k, 1, a, n, x, k);
}
