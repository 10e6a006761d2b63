import { broadcastIndices } from '@natsweep/linalg/implementation';
import type { Shape } from '@natsweep/linalg';
import type { Side } from './binary.ts';
import type { FloatArray } from './routines.ts';

/** out ← a where condition ≠ 0, else b, for operands that broadcast to `shape`. */
export function applyWhere([condition, a, b]: readonly [Side, Side, Side], shape: Shape, out: FloatArray): void {
  if ([condition, a, b].every(({ values }) => values.length === out.length || values.length === 1))
    return select(out, [condition.values, a.values, b.values]);
  const [c, x, y] = [condition, a, b].map((side) => broadcastIndices(side.shape, shape)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let i = 0; i < out.length; i++) out[i] = condition.values[c[i]!] !== 0 ? a.values[x[i]!]! : b.values[y[i]!]!;
}

/** Each operand has one value per element, or one for all. */
function select(out: FloatArray, [c, x, y]: readonly [FloatArray, FloatArray, FloatArray]): void {
  const [cStep, xStep, yStep] = [c, x, y].map(({ length }) => (length === 1 ? 0 : 1)) as [number, number, number];
  for (let i = 0; i < out.length; i++) out[i] = c[i * cStep]! !== 0 ? x[i * xStep]! : y[i * yStep]!;
}
