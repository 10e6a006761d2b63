import { at, build, norm, set } from './matrices.ts';
import type { Matrix } from './matrices.ts';

/** Thin QR decomposition by Householder reflections I − 2 v vᵀ / vᵀv; Q is orthonormal also where A loses rank. */
export function householder(a: Matrix): { q: Matrix; r: Matrix } {
  const k = Math.min(a.rows, a.columns);
  const r = build(a.rows, a.columns, (i, j) => at(a, i, j));
  const q = build(a.rows, k, (i, j) => (i === j ? 1 : 0));
  const reflectors: Float64Array[] = [];
  for (let j = 0; j < k; j++) {
    const v = Float64Array.from({ length: a.rows }, (_, i) => (i < j ? 0 : at(r, i, j)));
    v[j]! += norm(v) * (v[j]! < 0 ? -1 : 1);
    reflect(r, v);
    reflectors.push(v);
  }
  for (const v of reflectors.reverse()) reflect(q, v);
  return { q, r: build(k, a.columns, (i, j) => (i > j ? 0 : at(r, i, j))) };
}

function reflect(a: Matrix, v: Float64Array): void {
  const length = v.reduce((sum, x) => sum + x * x, 0);
  if (length === 0) return;
  for (let j = 0; j < a.columns; j++) {
    let dot = 0;
    for (let i = 0; i < a.rows; i++) dot += v[i]! * at(a, i, j);
    for (let i = 0; i < a.rows; i++) set(a, i, j, at(a, i, j) - (2 * dot * v[i]!) / length);
  }
}
