import { ShapeError } from '@natsweep/linalg';
import { broadcastShapes, formatShape, reducedAxes, reducedShape, sizeOf } from '@natsweep/linalg/implementation';
import type { ElementwiseOperations } from '@natsweep/linalg/implementation';
import type { Operand, Tensor } from '@natsweep/linalg';
import { applyBinary } from './binary.ts';
import { permute } from './permute.ts';
import { applyReduction } from './reduce.ts';
import { applyUnary } from './unary.ts';
import { applyWhere } from './where.ts';
import type { Heap } from './heap.ts';
import type { Routines } from './routines.ts';

/** Elementwise operations and reductions. */
export function elementwiseOperations(heap: Heap, routines: Routines): ElementwiseOperations {
  const { ledger, memory } = heap;

  const scaled = (a: Operand, factor: number): Tensor => {
    const { shape, values } = heap.operand(a);
    const result = heap.allocate(shape);
    result.values.set(values);
    routines.scal(values.length, factor, result.values, 1);
    return result;
  };

  return {
    unary(op, a) {
      const { shape, values } = ledger.check(a);
      const result = heap.allocate(shape);
      applyUnary(op, result.values, values);
      return result;
    },
    binary(op, a, b) {
      if (op === 'multiply' && isFactor(b)) return scaled(a, b);
      if (op === 'multiply' && isFactor(a)) return scaled(b, a);
      const left = heap.operand(a);
      const right = heap.operand(b);
      const result = heap.allocate(broadcastShapes(op, left.shape, right.shape));
      applyBinary(op, [left, right], result);
      return result;
    },
    where(condition, a, b) {
      const sides = [ledger.check(condition), heap.operand(a), heap.operand(b)] as const;
      const result = heap.allocate(broadcastShapes('where', ...sides.map(({ shape }) => shape)));
      applyWhere(sides, result);
      return result;
    },
    reduce(op, a, { axis, keepDims = false } = {}) {
      const { shape, values } = ledger.check(a);
      const axes = reducedAxes(op, shape.length, axis);
      const length = sizeOf(axes.map((at) => shape[at]!));
      const resultShape = reducedShape(shape, axes, keepDims);
      if ((op === 'max' || op === 'min') && length === 0 && sizeOf(resultShape) > 0)
        throw new ShapeError(op, `nothing to reduce in shape ${formatShape(shape)}`);
      const result = heap.allocate(resultShape);
      const first = axes[0] ?? 0;
      if (axes.every((at, i) => at === first + i)) {
        const outer = sizeOf(shape.slice(0, first));
        const inner = sizeOf(shape.slice(first + axes.length));
        applyReduction(op, result.values, values, { outer, length, inner });
        return result;
      }
      const kept = shape.map((_, at) => at).filter((at) => !axes.includes(at));
      memory.scratch([values.length], (reordered) => {
        permute(reordered, values, { shape, order: [...kept, ...axes] });
        applyReduction(op, result.values, reordered, { outer: result.values.length, length, inner: 1 });
      });
      return result;
    },
  };
}

/** BLAS scales twice as fast as a loop here, but takes 0 · NaN for 0. */
const isFactor = (a: Operand): a is number => typeof a === 'number' && a !== 0 && Number.isFinite(a);
