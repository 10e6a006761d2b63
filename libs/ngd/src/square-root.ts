import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';
import type { SolveStatistics } from '@natsweep/models';

export interface SquareRoot {
  /** K [n, n] with K Kᵀ = the matrix. */
  readonly root: Tensor;
  /** y [n, k] → K⁻ᵀ y, or the pseudo-inverse of Kᵀ where K is singular. */
  readonly solveTranspose: (y: Tensor) => Tensor;
  readonly statistics: SolveStatistics;
}

/**
 * K with K Kᵀ = a positive semi-definite matrix: its Cholesky factor, or V √λ from the eigendecomposition without
 * eigenvalues at or below n ε times the largest.
 */
export function squareRoot(engine: LinalgEngine, matrix: Tensor): SquareRoot {
  const { factor, failed } = engine.cholesky(matrix);
  if (failed.length === 0)
    return {
      root: factor,
      solveTranspose: (y) => engine.solveTriangular(factor, y, { transpose: true }),
      statistics: { method: 'cholesky', dropped: 0, cutoff: 0 },
    };
  const n = matrix.shape[0]!;
  const { values, vectors } = engine.eigh(matrix);
  const eigenvalues = engine.read(values);
  const cutoff = n * machineEpsilon(engine) * (eigenvalues.at(-1) ?? 0);
  const kept = eigenvalues.map((value) => (value > cutoff ? value : 0));
  const roots = engine.tensor(kept.map(Math.sqrt), [1, n]);
  const inverse = engine.tensor(
    kept.map((value) => (value > 0 ? 1 / Math.sqrt(value) : 0)),
    [n, 1],
  );
  return {
    root: engine.binary('multiply', vectors, roots),
    solveTranspose: (y) => engine.matmul(vectors, engine.binary('multiply', inverse, y)),
    statistics: { method: 'eigendecomposition', dropped: kept.filter((value) => value === 0).length, cutoff },
  };
}
