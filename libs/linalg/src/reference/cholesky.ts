import { at, set, zeros } from './matrices.ts';
import type { Matrix } from './matrices.ts';

/** L with A = L Lᵀ, from the lower triangle of A; undefined unless A is positive definite and finite. */
export function choleskyFactor(a: Matrix): Matrix | undefined {
  const factor = zeros(a.rows, a.rows);
  for (let j = 0; j < a.rows; j++) {
    for (let i = j; i < a.rows; i++) {
      let rest = at(a, i, j);
      for (let k = 0; k < j; k++) rest -= at(factor, i, k) * at(factor, j, k);
      set(factor, i, j, i === j ? Math.sqrt(rest) : rest / at(factor, j, j));
    }
    const pivot = at(factor, j, j);
    if (!(pivot > 0 && pivot < Infinity)) return undefined;
  }
  return factor;
}
