import { power } from '@natsweep/linalg/implementation';
import type { BinaryOp } from '@natsweep/linalg';
import { forEachChunk } from './broadcast.ts';
import type { Side } from './broadcast.ts';
import type { FloatArray } from './routines.ts';

type Loop = (out: FloatArray, a: FloatArray, b: FloatArray) => void;

/** Choosing by index instead of by branch: a branch that random data mispredict costs more than the rest of its loop. */
const choice = new Float64Array(2);

/** One loop per operation, so that the compiler sees one operation per loop. */
const loops: Readonly<Record<BinaryOp, Loop>> = {
  add(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = a[i]! + b[i]!;
  },
  subtract(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = a[i]! - b[i]!;
  },
  multiply(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = a[i]! * b[i]!;
  },
  divide(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = a[i]! / b[i]!;
  },
  power(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = power(a[i]!, b[i]!);
  },
  maximum(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) {
      const x = a[i]!;
      const y = b[i]!;
      choice[0] = y;
      choice[1] = x;
      out[i] = choice[Number(x > y) | Number(x !== x)]!;
    }
  },
  minimum(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) {
      const x = a[i]!;
      const y = b[i]!;
      choice[0] = y;
      choice[1] = x;
      out[i] = choice[Number(x < y) | Number(x !== x)]!;
    }
  },
  arctan2(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.atan2(a[i]!, b[i]!);
  },
  greater(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Number(a[i]! > b[i]!);
  },
  equal(out, a, b) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Number(a[i]! === b[i]!);
  },
};

/** result ← op(a, b) for operands that broadcast to it. */
export function applyBinary(op: BinaryOp, sides: readonly [Side, Side], result: Side): void {
  const loop = loops[op];
  forEachChunk(sides, result, (chunk, [a, b]) => loop(chunk, a!, b!));
}
