import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from '@natsweep/models';

/** Bytes that one batch of written-out Jacobian columns may take. */
const chunkBytes = 64 * 2 ** 20;

/**
 * Θ̄ = J G⁻¹ Jᵀ/N on the training samples [N, N] for the entry-wise metrics and C = 1, a batch of units at a time:
 *
 * - `diagonal`: G_jj = F_jj + ρ;
 * - `quasi-diagonal` (Ollivier 2015): per unit G = LDLᵀ with L_j0 = F_0j/(F_00 + ρ), index 0 the bias. Then
 *   Θ̄ = Σ J̃J̃ᵀ/N over J̃_j = (J_j − L_j0 J_0)/√(F_jj + ρ − L_j0F_0j) and J̃_0 = J_0/√(F_00 + ρ).
 *
 * The damping must be positive.
 */
export function entryWiseCoefficient(
  engine: LinalgEngine,
  at: Linearisation,
  metric: 'diagonal' | 'quasi-diagonal',
  damping: number,
): Tensor {
  const n = at.samples;
  let total = engine.full([n, n], 0);
  at.signals.forEach((signals, index) => {
    const inputs = at.activations[index]!;
    const perChunk = Math.max(1, Math.floor(chunkBytes / (8 * n * inputs.shape[1]!)));
    for (let start = 0; start < signals.shape[1]!; start += perChunk) {
      const range = [start, Math.min(signals.shape[1]!, start + perChunk)] as const;
      total = engine.scope(() => {
        const delta = engine.slice(signals, [null, range]);
        const columns = whitenedColumns(engine, at, index, { delta, metric, damping });
        return columns.reduce(
          (sum, column) => engine.binary('add', sum, engine.matmul(column, column, { transposeB: true })),
          total,
        );
      });
    }
  });
  return engine.binary('multiply', 1 / n, total);
}

interface Units {
  /** δ of m units [N, m]. */
  readonly delta: Tensor;
  readonly metric: 'diagonal' | 'quasi-diagonal';
  readonly damping: number;
}

/** J̃ of the m units: weights [N, m M_{l−1}] and, where there are biases, biases [N, m]. */
function whitenedColumns(
  engine: LinalgEngine,
  at: Linearisation,
  index: number,
  { delta, metric, damping }: Units,
): Tensor[] {
  const { weightGain, biasGain, biases } = at.network.layers[index]!;
  const n = at.samples;
  const bias = engine.reshape(engine.binary('multiply', biasGain, delta), [n, -1, 1]);
  const weights = engine.binary(
    'multiply',
    engine.reshape(engine.binary('multiply', weightGain, delta), [n, -1, 1]),
    engine.reshape(at.activations[index]!, [n, 1, -1]),
  );
  const average = (left: Tensor, right: Tensor): Tensor =>
    engine.reduce('mean', engine.binary('multiply', left, right), { axis: 0, keepDims: true });
  const fisherWeights = engine.binary('add', average(weights, weights), damping);
  const scaled = (columns: Tensor, fisher: Tensor): Tensor =>
    engine.reshape(engine.binary('divide', columns, engine.unary('sqrt', fisher)), [n, -1]);
  if (biases === undefined) return [scaled(weights, fisherWeights)];
  const fisherBias = engine.binary('add', average(bias, bias), damping);
  if (metric === 'diagonal') return [scaled(weights, fisherWeights), scaled(bias, fisherBias)];
  const mixed = average(bias, weights);
  const ratio = engine.binary('divide', mixed, fisherBias);
  const reduced = engine.binary('subtract', fisherWeights, engine.binary('multiply', ratio, mixed));
  const projected = engine.binary('subtract', weights, engine.binary('multiply', ratio, bias));
  return [scaled(projected, reduced), scaled(bias, fisherBias)];
}
