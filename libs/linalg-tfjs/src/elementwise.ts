import { ShapeError } from '@natsweep/linalg';
import { broadcastShapes, formatShape, reducedAxes, reducedShape, sizeOf } from '@natsweep/linalg/implementation';
import type { ElementwiseOperations } from '@natsweep/linalg/implementation';
import { attribute } from './binding.ts';
import { binaryOps, reductionOps, unaryOps } from './ops.ts';
import type { Session } from './session.ts';

/** Elementwise operations and reductions. */
export function elementwiseOperations(session: Session): ElementwiseOperations {
  const { ledger, dtype } = session;
  return {
    unary(op, a) {
      if (op !== 'erf') return session.run(unaryOps[op], [ledger.check(a)]);
      // TensorFlow's erf of infinity is NaN; beyond 6 it is ±1 to the last digit.
      return ledger.scope(() => {
        const above = session.run('Maximum', [ledger.check(a), session.number(-6)]);
        return session.run('Erf', [session.run('Minimum', [above, session.number(6)])]);
      });
    },
    binary(op, a, b) {
      return ledger.scope(() => {
        const sides = [session.operand(a), session.operand(b)];
        broadcastShapes(op, ...sides.map(({ shape }) => shape));
        const result = session.run(binaryOps[op], sides);
        return result.dtype === dtype ? result : session.run('Cast', [result], [attribute.type('DstT', dtype)]);
      });
    },
    where(condition, a, b) {
      return ledger.scope(() => {
        const sides = [ledger.check(condition), session.operand(a), session.operand(b)] as const;
        broadcastShapes('where', ...sides.map(({ shape }) => shape));
        const chosen = session.run('NotEqual', [sides[0], session.number(0)]);
        return session.run('SelectV2', [chosen, sides[1], sides[2]]);
      });
    },
    reduce(op, a, { axis, keepDims = false } = {}) {
      const axes = reducedAxes(op, a.shape.length, axis);
      const empty = sizeOf(axes.map((at) => a.shape[at]!)) === 0;
      if ((op === 'max' || op === 'min') && empty && sizeOf(reducedShape(a.shape, axes, false)) > 0)
        throw new ShapeError(op, `nothing to reduce in shape ${formatShape(a.shape)}`);
      return session.run(
        reductionOps[op],
        [ledger.check(a), session.indices(axes)],
        [attribute.bool('keep_dims', keepDims)],
      );
    },
  };
}
