import { broadcastIndices, productShape, sizeOf } from '@natsweep/linalg/implementation';
import type { MatmulOptions } from '@natsweep/linalg';
import { LOWER, NO_TRANSPOSE, ROW_MAJOR, TRANSPOSE } from './routines.ts';
import { part } from './matrices.ts';
import type { FloatArray, Routines } from './routines.ts';
import type { Side } from './broadcast.ts';

export interface Product {
  readonly a: Side;
  readonly b: Side;
  readonly options: MatmulOptions;
  /** out ← beta · out + scale · a b; 0 or 1 */
  readonly beta: number;
}

/** Below this size, half the work of a symmetric product is not worth the copy of its triangle. */
const SMALLEST_SYMMETRIC = 16;

/** Batched matrix product into `out`, whose shape the caller has checked. */
export function multiply(routines: Routines, out: FloatArray, product: Product): void {
  const { a, b, options, beta } = product;
  const { batch, m, k, n } = productShape('matmul', a.shape, b.shape, options);
  if (out.length === 0) return;
  if (k === 0) {
    if (beta === 0) out.fill(0);
    return;
  }
  const transposeA = options.transposeA === true;
  const transposeB = options.transposeB === true;
  const size = { m, k, n, transposeA, transposeB, alpha: options.scale ?? 1, beta };
  const count = sizeOf(batch);
  const shared = b.values.length === k * n && a.values.length === count * m * k;
  if (shared && !transposeA) return multiplyOne(routines, out, { ...size, a: a.values, b: b.values, m: count * m });
  const aIndex = broadcastIndices(a.shape.slice(0, -2), batch);
  const bIndex = broadcastIndices(b.shape.slice(0, -2), batch);
  for (let at = 0; at < count; at++)
    multiplyOne(routines, part(out, at, m * n), {
      ...size,
      a: part(a.values, aIndex[at]!, m * k),
      b: part(b.values, bIndex[at]!, k * n),
    });
}

interface One {
  readonly a: FloatArray;
  readonly b: FloatArray;
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha: number;
  readonly beta: number;
}

function multiplyOne(routines: Routines, out: FloatArray, one: One): void {
  const { a, b, m, k, n, transposeA, transposeB, alpha, beta } = one;
  const flagA = transposeA ? TRANSPOSE : NO_TRANSPOSE;
  const flagB = transposeB ? TRANSPOSE : NO_TRANSPOSE;
  // leading rows of a tensor share its buffer and offset, not its size
  const ofItself = m === n && a.buffer === b.buffer && a.byteOffset === b.byteOffset && transposeA !== transposeB;
  if (ofItself && beta === 0 && n >= SMALLEST_SYMMETRIC) {
    routines.syrk(ROW_MAJOR, LOWER, flagA, n, k, alpha, a, transposeA ? n : k, beta, out, n);
    mirror(out, n);
  } else if (k === 1) {
    if (beta === 0) out.fill(0);
    routines.ger(ROW_MAJOR, m, n, alpha, a, 1, b, 1, out, n);
  } else if (n === 1) {
    const [rows, columns] = transposeA ? [k, m] : [m, k];
    routines.gemv(ROW_MAJOR, flagA, rows, columns, alpha, a, columns, b, 1, beta, out, 1);
  } else if (m === 1) {
    const [rows, columns] = transposeB ? [n, k] : [k, n];
    const flag = transposeB ? NO_TRANSPOSE : TRANSPOSE;
    routines.gemv(ROW_MAJOR, flag, rows, columns, alpha, b, columns, a, 1, beta, out, 1);
  } else {
    const lda = transposeA ? m : k;
    const ldb = transposeB ? k : n;
    routines.gemm(ROW_MAJOR, flagA, flagB, m, n, k, alpha, a, lda, b, ldb, beta, out, n);
  }
}

const TILE = 32;

/** Copies the lower triangle of an n × n matrix to the upper one, in tiles that fit the cache. */
export function mirror(values: FloatArray, n: number): void {
  for (let i0 = 0; i0 < n; i0 += TILE)
    for (let j0 = i0; j0 < n; j0 += TILE)
      for (let i = i0; i < Math.min(n, i0 + TILE); i++)
        for (let j = Math.max(i + 1, j0); j < Math.min(n, j0 + TILE); j++) values[i * n + j] = values[j * n + i]!;
}
