import { transposeMatrix } from './permute.ts';
import { references } from './routines.ts';
import { checkInfo, withWorkspace } from './workbench.ts';
import type { FloatArray } from './routines.ts';
import type { Workbench } from './workbench.ts';

/** One system a x = b: a [m, n], b [m, k], x [n, k]. */
export interface System {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly a: FloatArray;
  readonly b: FloatArray;
  readonly x: FloatArray;
}

/** Writes the minimum-norm least-squares solution to x and returns the numerical rank (`gelsd`). */
export function minimumNorm({ routines, memory }: Workbench, system: System, rcond: number): number {
  const { m, n, k, a, b, x } = system;
  const smaller = Math.min(m, n);
  x.fill(0);
  if (smaller === 0) return 0;
  const larger = Math.max(m, n);
  const rank = new Int32Array(1);
  const threshold = memory.take(1).fill(rcond);
  const levels = Math.max(0, Math.ceil(Math.log2(smaller / 2)) + 1);
  const iwork = new Int32Array(3 * smaller * levels + 11 * smaller);
  const [rows, columns, sides, lda, ldb, info] = references(m, n, Math.max(1, k), m, larger, 0);
  memory.scratch([m * n, larger * Math.max(1, k), smaller], (matrix, side, s) => {
    transposeMatrix(matrix, a, { rows: m, columns: n });
    for (let j = 0; j < k; j++) for (let i = 0; i < larger; i++) side[j * larger + i] = i < m ? b[i * k + j]! : 0;
    withWorkspace(memory, (work, lwork) =>
      routines.gelsd(rows!, columns!, sides!, matrix, lda!, side, ldb!, s, threshold, rank, work, lwork, iwork, info!),
    );
    checkInfo('gelsd', info!);
    transposeMatrix(x, side, { rows: k, columns: n, stride: larger });
  });
  memory.release(threshold);
  return rank[0]!;
}
