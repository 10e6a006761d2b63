import { at, set, zeros } from './matrices.ts';
import { jacobiSvd } from './svd.ts';
import type { Matrix } from './matrices.ts';

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
