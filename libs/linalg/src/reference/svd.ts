import { at, build, columnsOf, identity, norm, transposed } from './matrices.ts';
import { householder } from './qr.ts';
import { MAX_SWEEPS, rotateColumns, rotation } from './rotations.ts';
import type { Matrix } from './matrices.ts';

/**
 * Thin singular value decomposition by one-sided Jacobi rotations (Hestenes 1958): rotations V make the columns of A V
 * orthogonal; their lengths are the singular values, and their QR decomposition gives U, also for zero columns.
 */
export function jacobiSvd(a: Matrix): { u: Matrix; s: Float64Array; vt: Matrix } {
  if (a.rows < a.columns) {
    const { u, s, vt } = jacobiSvd(transposed(a));
    return { u: transposed(vt), s, vt: transposed(u) };
  }
  const n = a.columns;
  const work = build(a.rows, n, (i, j) => at(a, i, j));
  const v = identity(n);
  const negligible = (Number.EPSILON * norm(a.values)) ** 2;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const pp = dot(work, p, p);
        const qq = dot(work, q, q);
        const pq = dot(work, p, q);
        if (Math.abs(pq) <= Number.EPSILON * Math.sqrt(pp * qq) || Math.min(pp, qq) <= negligible) continue;
        rotated = true;
        const { c, s } = rotation(pp, qq, pq);
        rotateColumns(work, { p, q, c, s });
        rotateColumns(v, { p, q, c, s });
      }
    }
    if (!rotated) break;
  }
  const lengths = Array.from({ length: n }, (_, j) => Math.sqrt(dot(work, j, j)));
  const order = lengths.map((_, j) => j).sort((i, j) => lengths[j]! - lengths[i]!);
  const { q, r } = householder(columnsOf(work, order));
  const u = build(a.rows, n, (i, j) => (at(r, j, j) < 0 ? -at(q, i, j) : at(q, i, j)));
  return { u, s: Float64Array.from(order, (j) => lengths[j]!), vt: transposed(columnsOf(v, order)) };
}

function dot(a: Matrix, p: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += at(a, i, p) * at(a, i, q);
  return sum;
}
