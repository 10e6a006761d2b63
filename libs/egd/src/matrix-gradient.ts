import type { LinalgEngine, Operand, Tensor } from '@natsweep/linalg';
import { factorContexts, productPullback, type MatrixFactors } from '@natsweep/models';

/**
 * Euclidean gradient of L = 1/(2m) Σ_observed (β − β*)² in each factor of β = W_1 ⋯ W_L: ∇_{W_l} L = A_lᵀ R B_lᵀ / m, with R the
 * residual on observed entries.
 *
 * @param at.residual R, [..., n, n] @param at.observations m, one number or [..., 1, 1]
 */
export function matrixGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor; readonly observations: Operand },
): Tensor[] {
  const cotangent = engine.binary('divide', at.residual, at.observations);
  return productPullback(engine, factorContexts(engine, factors), cotangent);
}
