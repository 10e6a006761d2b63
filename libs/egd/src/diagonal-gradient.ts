import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { diagonalCofactors, diagonalProduct, logResidualWeight, type DiagonalWeights } from '@natsweep/models';

/** What every step rule of a diagonal classifier starts from, with shapes for weights [datasets, D, columns]. */
export interface DiagonalGradient {
  /** u = X̃β, [datasets, N, columns]. */
  readonly margins: Tensor;
  /** q_n = φ(−u_n) / Σ_m φ(−u_m), [datasets, N, columns]: each datum's share of the gradient. */
  readonly shares: Tensor;
  /** log Σ_n φ(−u_n), [datasets, 1, columns]. */
  readonly logScale: Tensor;
  /** X̃ᵀq, [datasets, D, columns]. */
  readonly separator: Tensor;
  readonly cofactors: readonly Tensor[];
  /** c_l ⊙ X̃ᵀq, one per layer: the descent direction without its scale, which stays of order one as the loss vanishes. */
  readonly directions: readonly Tensor[];
}

/**
 * The gradient of the mean logistic loss as a direction and a scale, −∇_{w_l} L = e^{logScale} / N · directions_l, since
 * ∇_β L = −X̃ᵀφ(−X̃β)/N (Kerekes et al. 2021, eqs. 22 and 37 with their transposes put right). X̃ has rows y_n x_n. Shares are
 * formed from logarithms, so that margins of any size keep their direction.
 *
 * @param signedInputs X̃, [datasets, N, D]
 */
export function diagonalGradient(
  engine: LinalgEngine,
  signedInputs: Tensor,
  weights: DiagonalWeights,
): DiagonalGradient {
  const margins = engine.matmul(signedInputs, diagonalProduct(engine, weights));
  const logWeights = logResidualWeight(engine, margins);
  const largest = engine.reduce('max', logWeights, { axis: -2, keepDims: true });
  const relative = engine.unary('exp', engine.binary('subtract', logWeights, largest));
  const total = engine.reduce('sum', relative, { axis: -2, keepDims: true });
  const shares = engine.binary('divide', relative, total);
  const separator = engine.matmul(signedInputs, shares, { transposeA: true });
  const cofactors = diagonalCofactors(engine, weights);
  return {
    margins,
    shares,
    logScale: engine.binary('add', largest, engine.unary('log', total)),
    separator,
    cofactors,
    directions: cofactors.map((cofactor) => engine.binary('multiply', cofactor, separator)),
  };
}

/** w_l + η directions_l, with η [datasets, 1, columns] or a number. */
export function moveAlong(
  engine: LinalgEngine,
  weights: DiagonalWeights,
  move: { readonly directions: readonly Tensor[]; readonly learningRate: Tensor | number },
): DiagonalWeights {
  return weights.map((weight, layer) =>
    engine.binary('add', weight, engine.binary('multiply', move.directions[layer]!, move.learningRate)),
  );
}

/** Σ_l Σ_d of a quantity given per layer as [datasets, D, columns]; [datasets, 1, columns]. */
export function sumOverParameters(engine: LinalgEngine, perLayer: readonly Tensor[]): Tensor {
  const sum = perLayer.reduce((partial, layer) => engine.binary('add', partial, layer));
  return engine.reduce('sum', sum, { axis: -2, keepDims: true });
}
