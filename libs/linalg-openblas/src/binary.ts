import { power, sizeOf, stridesOf } from '@natsweep/linalg/implementation';
import type { BinaryOp, Shape } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** An operand of an elementwise operation. */
export interface Side {
  readonly shape: Shape;
  readonly values: FloatArray;
}

/** One run of elements: where it starts in each array, and whether an operand moves along (1) or stays (0). */
interface Run {
  readonly out: FloatArray;
  readonly a: FloatArray;
  readonly b: FloatArray;
  length: number;
  outAt: number;
  aAt: number;
  bAt: number;
  aStep: number;
  bStep: number;
}

/** One loop per operation, so that the compiler sees one operation per loop. */
const loops: Readonly<Record<BinaryOp, (run: Run) => void>> = {
  add({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! + b[bAt]!;
  },
  subtract({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! - b[bAt]!;
  },
  multiply({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! * b[bAt]!;
  },
  divide({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! / b[bAt]!;
  },
  power({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = power(a[aAt]!, b[bAt]!);
  },
  maximum({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = Math.max(a[aAt]!, b[bAt]!);
  },
  minimum({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = Math.min(a[aAt]!, b[bAt]!);
  },
  arctan2({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = Math.atan2(a[aAt]!, b[bAt]!);
  },
  greater({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! > b[bAt]! ? 1 : 0;
  },
  equal({ out, a, b, length, outAt, aAt, bAt, aStep, bStep }) {
    for (let i = 0; i < length; i++, aAt += aStep, bAt += bStep) out[outAt + i] = a[aAt]! === b[bAt]! ? 1 : 0;
  },
};

/** out ← op(a, b) for operands that broadcast to `shape`. */
export function applyBinary(op: BinaryOp, [a, b]: readonly [Side, Side], shape: Shape, out: FloatArray): void {
  const plan = mergeDimensions(shape, [a.shape, b.shape]);
  const [aStrides, bStrides] = plan.strides as [number[], number[]];
  const inner = plan.lengths.length - 1;
  const run: Run = {
    out,
    a: a.values,
    b: b.values,
    length: plan.lengths[inner]!,
    outAt: 0,
    aAt: 0,
    bAt: 0,
    aStep: aStrides[inner]!,
    bStep: bStrides[inner]!,
  };
  const loop = loops[op];
  const runs = sizeOf(plan.lengths.slice(0, inner));
  const index = new Array<number>(inner).fill(0);
  for (let r = 0; r < runs; r++) {
    run.outAt = r * run.length;
    loop(run);
    for (let axis = inner - 1; axis >= 0; axis--) {
      run.aAt += aStrides[axis]!;
      run.bAt += bStrides[axis]!;
      if (++index[axis]! < plan.lengths[axis]!) break;
      index[axis] = 0;
      run.aAt -= aStrides[axis]! * plan.lengths[axis]!;
      run.bAt -= bStrides[axis]! * plan.lengths[axis]!;
    }
  }
}

/**
 * The fewest dimensions that describe an elementwise operation: lengths, and one stride per dimension for each operand (0
 * where it is repeated). Neighbouring dimensions are merged where every operand allows it; there is at least one.
 */
export function mergeDimensions(shape: Shape, operands: readonly Shape[]): { lengths: number[]; strides: number[][] } {
  const full = operands.map((operand) => {
    const own = stridesOf(operand);
    const lead = shape.length - operand.length;
    return shape.map((_, axis) => (axis < lead || operand[axis - lead] === 1 ? 0 : own[axis - lead]!));
  });
  const lengths: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const outermost = lengths[0];
    const fits = outermost !== undefined && strides.every((own, o) => full[o]![axis] === own[0]! * outermost);
    if (fits) lengths[0] = outermost * length;
    else {
      lengths.unshift(length);
      strides.forEach((own, o) => own.unshift(full[o]![axis]!));
    }
  }
  if (lengths.length > 0) return { lengths, strides };
  return { lengths: [1], strides: operands.map(() => [0]) };
}
