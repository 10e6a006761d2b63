import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { SolveStatistics } from './descent.ts';
import { estimateCondition } from './estimate-condition.ts';

/** Up to this n the condition number is measured; beyond, its eigendecomposition would take longer than all else. */
const MEASURED_UP_TO = 500;

export interface Solved {
  /** [n, k] */
  readonly solution: Tensor;
  readonly statistics: SolveStatistics;
}

/**
 * (matrix + damping I)⁻¹ rhs for one symmetric positive semi-definite matrix [n, n] and rhs [n, k].
 *
 * By Cholesky. Where that fails, or where the pivots show a condition number beyond 1/(n ε), by eigendecomposition
 * without the directions whose damped eigenvalue is at or below n ε times the largest: for damping 0 this is the
 * Moore-Penrose inverse. The statistics say which it was.
 *
 * A condition number that is asked for is that of an eigendecomposition for n ≤ 500, and of `estimateCondition` beyond.
 */
export function solvePositive(
  engine: LinalgEngine,
  matrix: Tensor,
  rhs: Tensor,
  { damping, measureCondition = false }: { readonly damping: number; readonly measureCondition?: boolean },
): Solved {
  return engine.scope(() => {
    const n = matrix.shape[0]!;
    const relativeCutoff = n * machineEpsilon(engine);
    const { factor, failed } = engine.cholesky(matrix, { shift: damping });
    if (failed.length === 0 && smallestPivotRatio(engine, factor) ** 2 > relativeCutoff) {
      const conditionOfAll = () =>
        n <= MEASURED_UP_TO
          ? conditionOf(engine.read(engine.eigh(matrix).values).map((value) => value + damping))
          : estimateCondition(engine, matrix, { factor, damping });
      return {
        solution: engine.choleskySolve(factor, rhs),
        statistics: {
          method: 'cholesky',
          dropped: 0,
          cutoff: 0,
          ...(measureCondition ? { condition: conditionOfAll() } : {}),
        },
      };
    }
    const { values, vectors } = engine.eigh(matrix);
    const eigenvalues = engine.read(values).map((value) => value + damping);
    const cutoff = relativeCutoff * (eigenvalues.at(-1) ?? 0);
    const kept = eigenvalues.filter((value) => value > cutoff);
    const inverse = engine.tensor(
      eigenvalues.map((value) => (value > cutoff ? 1 / value : 0)),
      [n, 1],
    );
    const projected = engine.binary('multiply', inverse, engine.matmul(vectors, rhs, { transposeA: true }));
    return {
      solution: engine.matmul(vectors, projected),
      statistics: { method: 'eigendecomposition', dropped: n - kept.length, cutoff, condition: conditionOf(kept) },
    };
  });
}

/** Spacing of numbers at 1 in the engine's precision. */
export function machineEpsilon(engine: LinalgEngine): number {
  return engine.info().precision === 'float64' ? 2 ** -52 : 2 ** -23;
}

/** |λ|max / |λ|min; 1 for an empty spectrum. */
export function conditionOf(eigenvalues: ArrayLike<number>): number {
  const sizes = Array.from(eigenvalues, Math.abs);
  return sizes.length === 0 ? 1 : Math.max(...sizes) / Math.min(...sizes);
}

/**
 * Smallest over largest pivot of Cholesky factors [..., n, n], least over the batch; its square bounds the reciprocal
 * condition number from above.
 */
export function smallestPivotRatio(engine: LinalgEngine, factor: Tensor): number {
  const n = factor.shape.at(-1)!;
  const pivots = engine.scope(() => engine.read(engine.diagonal(factor)));
  let ratio = 1;
  for (let start = 0; start < pivots.length; start += n) {
    let [smallest, largest] = [Infinity, 0];
    for (let i = start; i < start + n; i++) {
      if (!(pivots[i]! >= smallest)) smallest = pivots[i]!;
      if (!(pivots[i]! <= largest)) largest = pivots[i]!;
    }
    if (!(smallest / largest >= ratio)) ratio = smallest / largest;
  }
  return ratio;
}
