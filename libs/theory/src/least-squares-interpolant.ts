import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';

/**
 * Ordinary least squares on the labels, ridgeless where N < D: β = X⁺y, the least-norm minimiser of ‖Xβ − y‖. For independent
 * rows and N ≤ D that is Xᵀ(XXᵀ)⁻¹y, which interpolates; for independent columns and N ≥ D it is (XᵀX)⁻¹Xᵀy. Both are taken
 * from a QR decomposition; dependent rows or columns from the singular values.
 *
 * @param inputs X, [N, D] @param labels y, [N]
 */
export function leastSquaresInterpolant(engine: LinalgEngine, inputs: Tensor, labels: Tensor): Tensor {
  const [samples, dimension] = inputs.shape as [number, number];
  return engine.scope(() => {
    const column = engine.reshape(labels, [-1, 1]);
    const { q, r } = engine.qr(samples < dimension ? engine.transpose(inputs) : inputs);
    const pivots = engine.read(engine.unary('abs', engine.diagonal(r)));
    const dependent = Math.min(...pivots) <= Math.sqrt(machineEpsilon(engine)) * Math.max(...pivots);
    if (dependent) return engine.reshape(engine.leastSquares(inputs, column).solution, [-1]);
    const solution =
      samples < dimension
        ? engine.matmul(q, engine.solveTriangular(r, column, { lower: false, transpose: true }))
        : engine.solveTriangular(r, engine.matmul(q, column, { transposeA: true }), { lower: false });
    return engine.reshape(solution, [-1]);
  });
}
