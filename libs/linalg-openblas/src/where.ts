import { forEachChunk } from './broadcast.ts';
import type { Side } from './broadcast.ts';
import type { FloatArray } from './routines.ts';

/** result ← a where condition ≠ 0, else b, for operands (condition, a, b) that broadcast to it. */
export function applyWhere(sides: readonly [Side, Side, Side], result: Side): void {
  forEachChunk(sides, result, (chunk, [condition, a, b]) => select(chunk, condition!, [a!, b!]));
}

function select(out: FloatArray, condition: FloatArray, [a, b]: readonly [FloatArray, FloatArray]): void {
  const choice = new Float64Array(2); // an index costs less than a branch that random data mispredict
  for (let i = 0, n = out.length; i < n; i++) {
    choice[0] = b[i]!;
    choice[1] = a[i]!;
    out[i] = choice[Number(condition[i]! !== 0)]!;
  }
}
