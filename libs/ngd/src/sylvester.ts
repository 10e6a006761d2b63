import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';

/**
 * Solves P Z + Z Q = G for symmetric positive semidefinite P and Q [n, n], for any number of right-hand sides:
 * Z = U (UᵀGV ⊘ (p_i + q_j)) Vᵀ with P = U diag(p) Uᵀ, Q = V diag(q) Vᵀ. Where p_i + q_j vanishes to rounding the component is 0,
 * as in the Moore-Penrose solution.
 */
export function createSylvester(
  engine: LinalgEngine,
  grams: { readonly left: Tensor; readonly right: Tensor },
): (g: Tensor) => Tensor {
  const p = engine.eigh(grams.left);
  const q = engine.eigh(grams.right);
  const size = p.values.shape[0]!;
  const sums = engine.binary('add', engine.reshape(p.values, [size, 1]), engine.reshape(q.values, [1, size]));
  const largest = engine.reduce('max', sums);
  const floor = engine.binary('multiply', largest, machineEpsilon(engine) * size);
  const inverse = engine.where(engine.binary('greater', sums, floor), engine.unary('reciprocal', sums), 0);
  return (g) => {
    const rotated = engine.matmul(engine.matmul(p.vectors, g, { transposeA: true }), q.vectors);
    const scaled = engine.binary('multiply', rotated, inverse);
    return engine.matmul(engine.matmul(p.vectors, scaled), q.vectors, { transposeB: true });
  };
}
