import type { Reduction } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** `a` seen as [outer, length, inner], reduced over its middle dimension. */
export interface ReductionPlan {
  readonly outer: number;
  readonly length: number;
  readonly inner: number;
}

/** out [outer, inner] ← the reduction of a [outer, length, inner]; the maximum of values with a NaN is NaN. */
export function applyReduction(op: Reduction, out: FloatArray, a: FloatArray, plan: ReductionPlan): void {
  switch (op) {
    case 'sum':
      return sum(out, a, plan);
    case 'mean':
      sum(out, a, plan);
      for (let i = 0; i < out.length; i++) out[i] = out[i]! / plan.length;
      return;
    case 'max':
      return maximum(out, a, plan);
    case 'min':
      return minimum(out, a, plan);
    default:
      op satisfies never;
  }
}

function sum(out: FloatArray, a: FloatArray, { outer, length, inner }: ReductionPlan): void {
  if (inner === 1) {
    for (let o = 0; o < outer; o++) out[o] = sumOfRun(a, o * length, length);
    return;
  }
  for (let o = 0; o < outer; o++)
    sumOfRows(out.subarray(o * inner, (o + 1) * inner), a, { start: o * length * inner, rows: length });
}

/** out ← the sum of `rows` rows of `a`, four at a time to write `out` less often. */
function sumOfRows(out: FloatArray, a: FloatArray, { start, rows }: { start: number; rows: number }): void {
  const width = out.length;
  out.fill(0);
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    const first = start + row * width;
    for (let i = 0, at = first; i < width; i++, at++)
      out[i]! += a[at]! + a[at + width]! + (a[at + 2 * width]! + a[at + 3 * width]!);
  }
  for (; row < rows; row++) {
    const first = start + row * width;
    for (let i = 0; i < width; i++) out[i]! += a[first + i]!;
  }
}

/** Four running sums hide the latency of addition, and round less than one. */
function sumOfRun(a: FloatArray, start: number, length: number): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  const end = start + length;
  let i = start;
  for (; i + 3 < end; i += 4) {
    s0 += a[i]!;
    s1 += a[i + 1]!;
    s2 += a[i + 2]!;
    s3 += a[i + 3]!;
  }
  for (; i < end; i++) s0 += a[i]!;
  return s0 + s1 + (s2 + s3);
}

function maximum(out: FloatArray, a: FloatArray, { outer, length, inner }: ReductionPlan): void {
  out.fill(-Infinity);
  for (let o = 0; o < outer; o++)
    for (let l = 0; l < length; l++) {
      const from = (o * length + l) * inner;
      for (let i = 0; i < inner; i++) {
        const at = o * inner + i;
        out[at] = Math.max(out[at]!, a[from + i]!);
      }
    }
}

function minimum(out: FloatArray, a: FloatArray, { outer, length, inner }: ReductionPlan): void {
  out.fill(Infinity);
  for (let o = 0; o < outer; o++)
    for (let l = 0; l < length; l++) {
      const from = (o * length + l) * inner;
      for (let i = 0; i < inner; i++) {
        const at = o * inner + i;
        out[at] = Math.min(out[at]!, a[from + i]!);
      }
    }
}
