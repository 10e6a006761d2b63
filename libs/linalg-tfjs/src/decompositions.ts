import { matrixShape, sizeOf, squareShape, systemShape } from '@natsweep/linalg/implementation';
import type { DecompositionOperations } from '@natsweep/linalg/implementation';
import type { Precision } from '@natsweep/linalg';
import { attribute } from './binding.ts';
import { broadcastBatch, checkFinite, lowerPart, product } from './matrices.ts';
import type { Session, TfTensor } from './session.ts';

const EPSILON: Readonly<Record<Precision, number>> = { float64: 2 ** -52, float32: 2 ** -23 };

/** Orthogonal decompositions. */
export function decompositionOperations(session: Session, precision: Precision): DecompositionOperations {
  const { ledger } = session;
  return {
    eigh(a) {
      squareShape('eigh', a.shape);
      return ledger.scope(() => {
        const lower = lowerPart(session, ledger.check(a));
        checkFinite(session, 'eigh', lower);
        const [values, vectors] = session.runAll('SelfAdjointEigV2', [lower], {
          attributes: [attribute.bool('compute_v', true)],
          outputs: 2,
        });
        return { values: values!, vectors: vectors! };
      });
    },
    svd(a) {
      matrixShape('svd', a.shape);
      return ledger.scope(() => {
        const matrix = ledger.check(a);
        checkFinite(session, 'svd', matrix);
        const { u, s, v } = decompose(session, matrix);
        return { u, s, vt: swapped(session, v) };
      });
    },
    qr(a) {
      matrixShape('qr', a.shape);
      return ledger.scope(() => {
        const matrix = ledger.check(a);
        checkFinite(session, 'qr', matrix);
        const [q, r] = session.runAll('Qr', [matrix], {
          attributes: [attribute.bool('full_matrices', false)],
          outputs: 2,
        });
        return { q: q!, r: r! };
      });
    },
    leastSquares(a, b, { rcond } = {}) {
      const { batch, m, n } = systemShape('leastSquares', a.shape, b.shape);
      return ledger.scope(() => {
        const [matrix, side] = [broadcastBatch(session, ledger.check(a), batch), ledger.check(b)];
        checkFinite(session, 'leastSquares', matrix);
        const { u, s, v } = decompose(session, matrix);
        const k = Math.min(m, n);
        const singular = session.download(s);
        const cutoff = rcond ?? EPSILON[precision] * Math.max(m, n);
        const kept = singular.map((value, i) => Number(value > cutoff * singular[i - (i % k)]!));
        const inverse = session.upload(
          singular.map((value, i) => (kept[i] === 1 ? 1 / value : 0)),
          [...batch, k, 1],
        );
        const projected = session.run('Mul', [product(session, u, side, { transposeA: true }), inverse]);
        const rank = Array.from({ length: sizeOf(batch) }, (_, at) =>
          kept.subarray(at * k, (at + 1) * k).reduce((sum, value) => sum + value, 0),
        );
        return { solution: product(session, v, projected, {}), rank };
      });
    },
  };
}

/** a = U diag(s) Vᵀ; TensorFlow gives v, not vᵀ. */
function decompose(session: Session, a: TfTensor): { u: TfTensor; s: TfTensor; v: TfTensor } {
  const attributes = [attribute.bool('compute_uv', true), attribute.bool('full_matrices', false)];
  const [s, u, v] = session.runAll('Svd', [a], { attributes, outputs: 3 });
  return { u: u!, s: s!, v: v! };
}

function swapped(session: Session, a: TfTensor): TfTensor {
  const rank = a.shape.length;
  const order = Array.from({ length: rank }, (_, axis) => (axis < rank - 2 ? axis : 2 * rank - 3 - axis));
  return session.run('Transpose', [a, session.indices(order)]);
}
