import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from '@natsweep/models';

/** Entries of one layer's Fisher matrix, one row per unit. */
export interface FisherEntries {
  /** F_jj of the weights [M_l, M_{l−1}]. */
  readonly weights: Tensor;
  /** F_00 of the biases [M_l, 1]; undefined without biases. */
  readonly biases: Tensor | undefined;
  /** F_0j, bias against weight [M_l, M_{l−1}]; undefined without biases. */
  readonly mixed: Tensor | undefined;
}

/**
 * With s_i(x_n) = Σ_k δ_{l,i}^{(k)}(x_n)²: F_jj = σ_w²/M_{l−1} Σ_n s_i h_j²/N, F_00 = σ_b² Σ_n s_i/N and
 * F_0j = σ_b σ_w/√M_{l−1} Σ_n s_i h_j/N. One matrix product each.
 */
export function fisherEntries(engine: LinalgEngine, at: Linearisation, l: number): FisherEntries {
  return engine.scope(() => {
    const { weightGain, biasGain, biases } = at.network.layers[l - 1]!;
    const h = at.activations[l - 1]!;
    const squares = engine.unary('square', at.signals[l - 1]!);
    const perSample = engine.reduce('sum', engine.reshape(squares, [at.samples, -1, squares.shape[1]!]), { axis: 1 });
    const product = (columns: Tensor, scale: number): Tensor =>
      engine.binary('multiply', scale / at.samples, engine.matmul(perSample, columns, { transposeA: true }));
    const weights = product(engine.unary('square', h), weightGain ** 2);
    if (biases === undefined) return { weights, biases: undefined, mixed: undefined };
    return {
      weights,
      biases: product(engine.full([at.samples, 1], 1), biasGain ** 2),
      mixed: product(h, biasGain * weightGain),
    };
  });
}

/** ∇_{W_l}L [M_l, M_{l−1}] and ∇_{b_l}L [M_l, 1], written out. */
export function layerGradient(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  weighted: Tensor,
): { weights: Tensor; biases: Tensor } {
  return engine.scope(() => {
    const { weightGain, biasGain } = at.network.layers[l - 1]!;
    const weights = engine.matmul(weighted, at.activations[l - 1]!, { transposeA: true });
    const biases = engine.matmul(weighted, engine.full([at.samples, 1], 1), { transposeA: true });
    return {
      weights: engine.binary('multiply', weightGain, weights),
      biases: engine.binary('multiply', biasGain, biases),
    };
  });
}
