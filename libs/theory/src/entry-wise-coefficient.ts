import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from '@natsweep/models';
import type { Samples } from './coefficient-matrix.ts';

/** Bytes that one batch of written-out Jacobian columns may take. */
const chunkBytes = 32 * 2 ** 20;

export type EntryWiseMetric = 'diagonal' | 'quasi-diagonal';

/**
 * Θ̄(x′, x) = J(x′) G⁻¹ J(x)ᵀ/N [N′, N] for the entry-wise metrics and C = 1, a batch of units at a time:
 *
 * - `diagonal`: G_jj = F_jj + ρ;
 * - `quasi-diagonal` (Ollivier 2015): per unit G = LDLᵀ with L_j0 = F_0j/(F_00 + ρ), index 0 the bias. Then
 *   Θ̄ = Σ J̃(x′)J̃(x)ᵀ/N over J̃_j = (J_j − L_j0 J_0)/√(F_jj + ρ − L_j0F_0j) and J̃_0 = J_0/√(F_00 + ρ).
 *
 * The damping must be positive.
 */
export function entryWiseCoefficient(
  engine: LinalgEngine,
  { rows, columns }: Samples,
  metric: EntryWiseMetric,
  damping: number,
): Tensor {
  const n = columns.samples;
  let total = engine.full([rows.samples, n], 0);
  columns.signals.forEach((signals, index) => {
    const inputs = columns.activations[index]!.shape[1]!;
    const perChunk = Math.max(1, Math.floor(chunkBytes / (8 * Math.max(n, rows.samples) * inputs)));
    for (let start = 0; start < signals.shape[1]!; start += perChunk) {
      const units = [start, Math.min(signals.shape[1]!, start + perChunk)] as const;
      total = engine.scope(() => {
        const train = unitColumns(engine, columns, index, units);
        const whiten = whitening(engine, train, metric, damping);
        const left = rows === columns ? train : unitColumns(engine, rows, index, units);
        const [leftParts, rightParts] = [whiten(left), whiten(train)];
        return leftParts.reduce(
          (sum, part, i) => engine.binary('add', sum, engine.matmul(part, rightParts[i]!, { transposeB: true })),
          total,
        );
      });
    }
  });
  return engine.binary('multiply', 1 / n, total);
}

/** Columns of J that belong to some units of a layer. */
interface UnitColumns {
  /** [N, m, M_{l−1}] */
  readonly weights: Tensor;
  /** [N, m, 1]; undefined without biases. */
  readonly biases: Tensor | undefined;
}

function unitColumns(
  engine: LinalgEngine,
  at: Linearisation,
  index: number,
  units: readonly [number, number],
): UnitColumns {
  const { weightGain, biasGain, biases } = at.network.layers[index]!;
  const delta = engine.reshape(engine.slice(at.signals[index]!, [null, units]), [at.samples, -1, 1]);
  const h = engine.reshape(at.activations[index]!, [at.samples, 1, -1]);
  return {
    weights: engine.binary('multiply', engine.binary('multiply', weightGain, delta), h),
    biases: biases === undefined ? undefined : engine.binary('multiply', biasGain, delta),
  };
}

/** The map J → J̃ that the Fisher entries of the training columns define; parts as matrices [N, ·]. */
function whitening(
  engine: LinalgEngine,
  train: UnitColumns,
  metric: EntryWiseMetric,
  damping: number,
): (columns: UnitColumns) => Tensor[] {
  const average = (left: Tensor, right: Tensor): Tensor =>
    engine.reduce('mean', engine.binary('multiply', left, right), { axis: 0, keepDims: true });
  const scaled = (columns: Tensor, fisher: Tensor): Tensor =>
    engine.reshape(engine.binary('divide', columns, engine.unary('sqrt', fisher)), [columns.shape[0]!, -1]);
  const fisherWeights = engine.binary('add', average(train.weights, train.weights), damping);
  if (train.biases === undefined) return ({ weights }) => [scaled(weights, fisherWeights)];
  const fisherBias = engine.binary('add', average(train.biases, train.biases), damping);
  if (metric === 'diagonal')
    return ({ weights, biases }) => [scaled(weights, fisherWeights), scaled(biases!, fisherBias)];
  const mixed = average(train.biases, train.weights);
  const ratio = engine.binary('divide', mixed, fisherBias);
  const reduced = engine.binary('subtract', fisherWeights, engine.binary('multiply', ratio, mixed));
  return ({ weights, biases }) => {
    const projected = engine.binary('subtract', weights, engine.binary('multiply', ratio, biases!));
    return [scaled(projected, reduced), scaled(biases!, fisherBias)];
  };
}
