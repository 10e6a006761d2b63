import { at, set } from './matrices.ts';
import type { Matrix } from './matrices.ts';

/** Jacobi methods stop after this many sweeps over all pairs, if not before; they need about ten. */
export const MAX_SWEEPS = 60;

/** A rotation of the plane of coordinates p and q. */
export interface Rotation {
  readonly p: number;
  readonly q: number;
  readonly c: number;
  readonly s: number;
}

/** Cosine and sine of the smaller angle that diagonalises [[pp, pq], [pq, qq]]. */
export function rotation(pp: number, qq: number, pq: number): { c: number; s: number } {
  const theta = (qq - pp) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  return { c, s: t * c };
}

export function rotateColumns(a: Matrix, { p, q, c, s }: Rotation): void {
  for (let i = 0; i < a.rows; i++) {
    const x = at(a, i, p);
    const y = at(a, i, q);
    set(a, i, p, c * x - s * y);
    set(a, i, q, s * x + c * y);
  }
}

export function rotateRows(a: Matrix, { p, q, c, s }: Rotation): void {
  for (let j = 0; j < a.columns; j++) {
    const x = at(a, p, j);
    const y = at(a, q, j);
    set(a, p, j, c * x - s * y);
    set(a, q, j, s * x + c * y);
  }
}
