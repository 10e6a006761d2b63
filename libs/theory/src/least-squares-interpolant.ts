import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/**
 * Ordinary least squares on the labels, ridgeless where N < D: β = X⁺y, the least-norm minimiser of ‖Xβ − y‖. For independent
 * rows and N ≤ D that is Xᵀ(XXᵀ)⁻¹y, which interpolates; for independent columns and N ≥ D it is (XᵀX)⁻¹Xᵀy.
 *
 * @param inputs X, [N, D] @param labels y, [N]
 */
export function leastSquaresInterpolant(engine: LinalgEngine, inputs: Tensor, labels: Tensor): Tensor {
  return engine.scope(() => {
    const { solution } = engine.leastSquares(inputs, engine.reshape(labels, [-1, 1]));
    return engine.reshape(solution, [-1]);
  });
}
