import { at, build, columnsOf, identity, set, transposed, zeros } from './matrices.ts';
import { householder } from './householder.ts';
import type { Matrix } from './matrices.ts';

const MAX_SWEEPS = 60;
const EPSILON = 2 ** -52;

/** Eigenvalues (ascending) and eigenvectors (columns) of the symmetric matrix whose lower triangle is given. */
export function jacobiEigh(lower: Matrix): { values: Float64Array; vectors: Matrix } {
  const n = lower.rows;
  const a = build(n, n, (i, j) => (i >= j ? at(lower, i, j) : at(lower, j, i)));
  const vectors = identity(n);
  const scale = EPSILON * Math.hypot(...a.values);
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        if (Math.abs(at(a, p, q)) <= (scale * EPSILON) / n) continue;
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
  const negligible = (EPSILON * Math.hypot(...a.values)) ** 2;
  for (let sweep = 0; sweep < MAX_SWEEPS; sweep++) {
    let rotated = false;
    for (let p = 0; p < n; p++) {
      for (let q = p + 1; q < n; q++) {
        const pp = dot(work, p, p);
        const qq = dot(work, q, q);
        const pq = dot(work, p, q);
        if (Math.abs(pq) <= EPSILON * Math.sqrt(pp * qq) || Math.min(pp, qq) <= negligible) continue;
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

/** Minimum-norm least squares x = V S⁺ Uᵀ b with singular values at or below rcond · max counted as zero. */
export function pseudoSolve(a: Matrix, b: Matrix, rcond: number): { x: Matrix; rank: number } {
  const { u, s, vt } = jacobiSvd(a);
  const rank = s.filter((value) => value > rcond * s[0]!).length;
  const x = zeros(a.columns, b.columns);
  for (let r = 0; r < rank; r++)
    for (let j = 0; j < b.columns; j++) {
      let projection = 0;
      for (let i = 0; i < a.rows; i++) projection += at(u, i, r) * at(b, i, j);
      for (let i = 0; i < a.columns; i++) set(x, i, j, at(x, i, j) + (at(vt, r, i) * projection) / s[r]!);
    }
  return { x, rank };
}

interface Rotation {
  readonly p: number;
  readonly q: number;
  readonly c: number;
  readonly s: number;
}

/** Cosine and sine of the smaller angle that diagonalises [[pp, pq], [pq, qq]]. */
function rotation(pp: number, qq: number, pq: number): { c: number; s: number } {
  const theta = (qq - pp) / (2 * pq);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
  const c = 1 / Math.hypot(t, 1);
  return { c, s: t * c };
}

function rotateColumns(a: Matrix, { p, q, c, s }: Rotation): void {
  for (let i = 0; i < a.rows; i++) {
    const x = at(a, i, p);
    const y = at(a, i, q);
    set(a, i, p, c * x - s * y);
    set(a, i, q, s * x + c * y);
  }
}

function rotateRows(a: Matrix, { p, q, c, s }: Rotation): void {
  for (let j = 0; j < a.columns; j++) {
    const x = at(a, p, j);
    const y = at(a, q, j);
    set(a, p, j, c * x - s * y);
    set(a, q, j, s * x + c * y);
  }
}

function dot(a: Matrix, p: number, q: number): number {
  let sum = 0;
  for (let i = 0; i < a.rows; i++) sum += at(a, i, p) * at(a, i, q);
  return sum;
}
