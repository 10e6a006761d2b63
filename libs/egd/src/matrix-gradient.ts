import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { factorContexts, productPullback, type MatrixFactors } from '@natsweep/models';

/**
 * Euclidean gradient of L = 1/(2m) Σ_observed (β − β*)² in each factor of β = W_1 ⋯ W_L: ∇_{W_l} L = A_lᵀ R B_lᵀ / m, with R the
 * residual on observed entries, [n, n].
 */
export function matrixGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observations: number },
): Tensor[] {
  const cotangent = engine.binary('multiply', at.residual, 1 / at.observations);
  return productPullback(engine, factorContexts(engine, factors), cotangent);
}
