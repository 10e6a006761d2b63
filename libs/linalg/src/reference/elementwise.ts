import { ShapeError } from '../errors.ts';
import {
  binaryFunctions,
  broadcastIndices,
  broadcastShapes,
  formatShape,
  reducedAxes,
  reducedShape,
  sizeOf,
  unaryFunctions,
} from '../implementation.ts';
import type { ElementwiseOperations } from '../operations.ts';
import type { Operand, Reduction, Tensor } from '../engine.ts';
import type { Store } from './store.ts';

const reductions: Readonly<Record<Reduction, (values: readonly number[]) => number>> = {
  sum: (values) => values.reduce((sum, x) => sum + x, 0),
  mean: (values) => values.reduce((sum, x) => sum + x, 0) / values.length,
  max: (values) => values.reduce((largest, x) => Math.max(largest, x), -Infinity),
  min: (values) => values.reduce((smallest, x) => Math.min(smallest, x), Infinity),
};

/** Elementwise operations and reductions. */
export function elementwiseOperations(store: Store): ElementwiseOperations {
  /** Calls `entry` with the operands' values at each element of their common shape. */
  const elementwise = (
    operation: string,
    operands: readonly Operand[],
    entry: (values: number[]) => number,
  ): Tensor => {
    const tensors = operands.map((a) => store.operand(a));
    const shape = broadcastShapes(operation, ...tensors.map((t) => t.shape));
    const indices = tensors.map((t) => broadcastIndices(t.shape, shape));
    const values = Float64Array.from({ length: sizeOf(shape) }, (_, i) =>
      entry(tensors.map((t, o) => t.values[indices[o]![i]!]!)),
    );
    return store.make(shape, values);
  };

  return {
    unary: (op, a) => store.make(a.shape, store.ledger.check(a).values.map(unaryFunctions[op])),
    binary: (op, a, b) => elementwise(op, [a, b], ([x, y]) => binaryFunctions[op](x!, y!)),
    where: (condition, a, b) => elementwise('where', [condition, a, b], ([c, x, y]) => (c !== 0 ? x! : y!)),
    reduce(op, a, { axis, keepDims = false } = {}) {
      const { values } = store.ledger.check(a);
      const axes = reducedAxes(op, a.shape.length, axis);
      const kept = reducedShape(a.shape, axes, true);
      const groups = Array.from({ length: sizeOf(kept) }, (): number[] => []);
      broadcastIndices(kept, a.shape).forEach((group, i) => groups[group]!.push(values[i]!));
      if ((op === 'max' || op === 'min') && groups.some((group) => group.length === 0))
        throw new ShapeError(op, `nothing to reduce in shape ${formatShape(a.shape)}`);
      return store.make(reducedShape(a.shape, axes, keepDims), Float64Array.from(groups, reductions[op]));
    },
  };
}
