import { at, build, columnsOf, identity, norm } from './matrices.ts';
import { MAX_SWEEPS, rotateColumns, rotateRows, rotation } from './rotations.ts';
import type { Matrix } from './matrices.ts';

/** Eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix whose lower triangle is given. */
export function jacobiEigh(lower: Matrix): { values: Float64Array; vectors: Matrix } {
  const n = lower.rows;
  const a = build(n, n, (i, j) => (i >= j ? at(lower, i, j) : at(lower, j, i)));
  const vectors = identity(n);
  const scale = Number.EPSILON * norm(a.values);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(at(a, p, q)) <= (scale * Number.EPSILON) / n) continue;
        rotated = true;
        const { c, s } = rotation(at(a, p, p), at(a, q, q), at(a, p, q));
        rotateColumns(a, { p, q, c, s });
        rotateRows(a, { p, q, c, s });
        rotateColumns(vectors, { p, q, c, s });
      }
    }
    if (!rotated) break;
  }
  const order = Array.from({ length: n }, (_, i) => i).sort((i, j) => at(a, i, i) - at(a, j, j));
  return { values: Float64Array.from(order, (i) => at(a, i, i)), vectors: columnsOf(vectors, order) };
}
