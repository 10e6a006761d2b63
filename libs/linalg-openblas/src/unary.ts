import { unaryFunctions } from '@natsweep/linalg/implementation';
import type { UnaryOp } from '@natsweep/linalg';
import { applyErf } from './erf.ts';
import type { FloatArray } from './routines.ts';

type Loop = (out: FloatArray, a: FloatArray) => void;

/** Cheap operations have a loop each, so that the compiler sees one operation per loop. */
const loops: Partial<Record<UnaryOp, Loop>> = {
  negative(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = -a[i]!;
  },
  abs(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.abs(a[i]!);
  },
  sign(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.sign(a[i]!);
  },
  square(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = a[i]! * a[i]!;
  },
  sqrt(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.sqrt(a[i]!);
  },
  reciprocal(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = 1 / a[i]!;
  },
  exp(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.exp(a[i]!);
  },
  tanh(out, a) {
    for (let i = 0, n = out.length; i < n; i++) out[i] = Math.tanh(a[i]!);
  },
  erf: applyErf,
};

/** out ← op(a), elementwise. */
export function applyUnary(op: UnaryOp, out: FloatArray, a: FloatArray): void {
  const loop = loops[op];
  if (loop !== undefined) return loop(out, a);
  const f = unaryFunctions[op];
  for (let i = 0, n = out.length; i < n; i++) out[i] = f(a[i]!);
}
