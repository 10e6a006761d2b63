import { sizeOf, stridesOf } from '@natsweep/linalg/implementation';
import type { Shape } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** Side of the square tiles in which matrices are transposed: two tiles fit the first-level cache. */
const TILE = 32;

/** out [columns, rows] ← transpose of `rows` × `columns` values of `a` with row length `stride`. */
export function transposeMatrix(
  out: FloatArray,
  a: FloatArray,
  { rows, columns, stride = columns }: { rows: number; columns: number; stride?: number },
): void {
  for (let i0 = 0; i0 < rows; i0 += TILE) {
    const i1 = Math.min(rows, i0 + TILE);
    for (let j0 = 0; j0 < columns; j0 += TILE) {
      const j1 = Math.min(columns, j0 + TILE);
      for (let j = j0; j < j1; j++) {
        let from = i0 * stride + j;
        for (let to = j * rows + i0; to < j * rows + i1; to++, from += stride) out[to] = a[from]!;
      }
    }
  }
}

/** out ← the values of `a` (of shape `shape`) with its dimensions in the given order. */
export function permute(
  out: FloatArray,
  a: FloatArray,
  { shape, order }: { shape: Shape; order: readonly number[] },
): void {
  const rank = order.length;
  const swap = rank >= 2 && order.every((axis, at) => axis === (at < rank - 2 ? at : 2 * rank - 3 - at));
  if (!swap) {
    const strides = stridesOf(shape);
    return gatherStrided(out, a, {
      lengths: order.map((axis) => shape[axis]!),
      strides: order.map((axis) => strides[axis]!),
      start: 0,
    });
  }
  const rows = shape[rank - 2]!;
  const columns = shape[rank - 1]!;
  const size = rows * columns;
  for (let b = 0; b < sizeOf(shape.slice(0, -2)); b++)
    transposeMatrix(out.subarray(b * size), a.subarray(b * size, (b + 1) * size), { rows, columns });
}

/** out ← values of `a` at start + Σ index · stride, for every multi-index below `lengths`, in row-major order. */
export function gatherStrided(
  out: FloatArray,
  a: FloatArray,
  { lengths, strides, start }: { lengths: readonly number[]; strides: readonly number[]; start: number },
): void {
  const inner = lengths.length - 1;
  const length = lengths[inner] ?? 1;
  const step = strides[inner] ?? 0;
  const index = new Array<number>(Math.max(0, inner)).fill(0);
  let from = start;
  for (let at = 0; at < out.length; at += length) {
    if (step === 1) out.set(a.subarray(from, from + length), at);
    else for (let i = 0; i < length; i++) out[at + i] = a[from + i * step]!;
    for (let axis = inner - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++index[axis]! < lengths[axis]!) break;
      index[axis] = 0;
      from -= strides[axis]! * lengths[axis]!;
    }
  }
}
