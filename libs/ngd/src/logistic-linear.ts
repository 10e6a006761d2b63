import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { logFisherWeight, machineEpsilon, naturalMarginStep } from '@natsweep/models';
import { weightedLeastSquares } from './weighted-least-squares.ts';

/** Data sets of one shape with what is factored once for all steps. */
export interface LogisticInputs {
  /** X̃, [datasets, N, D], rows y_n x_n. */
  readonly signedInputs: Tensor;
  /** Cholesky factors of X̃X̃ᵀ where every data set has N ≤ D and independent rows; undefined otherwise. */
  readonly gramFactor: Tensor | undefined;
}

export interface LinearNaturalGradient {
  /** F⁺∇L with respect to β, [datasets, D, columns]. */
  readonly gradient: Tensor;
  /**
   * Numerical rank of every system, one per data set and column in this order; 0 where a margin is not finite, whose gradient
   * is NaN.
   */
  readonly ranks: readonly number[];
}

/** Factors X̃X̃ᵀ if N ≤ D and, to the accuracy of that product, no row depends on the others. */
export function prepareLogisticInputs(engine: LinalgEngine, signedInputs: Tensor): LogisticInputs {
  const [samples, dimension] = [signedInputs.shape.at(-2)!, signedInputs.shape.at(-1)!];
  if (samples > dimension) return { signedInputs, gramFactor: undefined };
  const gram = engine.matmul(signedInputs, signedInputs, { transposeB: true });
  const { factor, failed } = engine.cholesky(gram);
  engine.free(gram);
  const pivots = engine.scope(() => engine.read(engine.diagonal(factor)));
  const independent = Math.sqrt(machineEpsilon(engine) * dimension) * pivots.reduce((a, b) => Math.max(a, b));
  if (failed.length === 0 && pivots.every((pivot) => pivot > independent)) return { signedInputs, gramFactor: factor };
  engine.free(factor);
  return { signedInputs, gramFactor: undefined };
}

/**
 * Exact natural gradient g = F⁺∇L of a linear classifier under logistic loss, where F = X̃ᵀWX̃/N, W = diag φ(u)φ(−u), and
 * ∇L = −X̃ᵀφ(−u)/N (Kerekes et al. 2021, App. B.1; the mean in both cancels).
 *
 * - N ≤ D, independent rows: X̃g = −(1 + e^{−u}) holds exactly, so g = −X̃⁺(1 + e^{−u}); the weights cancel.
 * - otherwise: F g = ∇L are the normal equations of min Σ_n w_n (x̃_nᵀg + 1 + e^{−u_n})², solved by `weightedLeastSquares`.
 *
 * @param margins u, [datasets, N, columns]
 * @param clip largest −u in e^{−u}
 */
export function logisticNaturalGradient(
  engine: LinalgEngine,
  inputs: LogisticInputs,
  at: { readonly margins: Tensor; readonly clip: number },
): LinearNaturalGradient {
  const target = engine.unary('negative', naturalMarginStep(engine, at.margins, at.clip));
  const { signedInputs, gramFactor } = inputs;
  if (gramFactor !== undefined) {
    const dual = engine.choleskySolve(gramFactor, target);
    return {
      gradient: engine.matmul(signedInputs, dual, { transposeA: true }),
      ranks: new Array<number>(signedInputs.shape[0]! * at.margins.shape.at(-1)!).fill(signedInputs.shape.at(-2)!),
    };
  }
  return solveEachColumn(engine, signedInputs, { target, logWeights: logFisherWeight(engine, at.margins) });
}

/** The row order depends on the weights, so every column of every data set is a problem of its own. */
function solveEachColumn(
  engine: LinalgEngine,
  signedInputs: Tensor,
  given: { readonly target: Tensor; readonly logWeights: Tensor },
): LinearNaturalGradient {
  const [datasets, samples, dimension] = signedInputs.shape as [number, number, number];
  const columns = given.target.shape.at(-1)!;
  const columnMajor = (t: Tensor) => engine.read(engine.transpose(t));
  const [targets, logWeights] = [columnMajor(given.target), columnMajor(given.logWeights)];
  const solutions: Tensor[] = [];
  const ranks: number[] = [];
  for (let dataset = 0; dataset < datasets; dataset++) {
    const x = engine.reshape(engine.slice(signedInputs, [[dataset, dataset + 1]]), [samples, dimension]);
    for (let column = 0; column < columns; column++) {
      const start = (dataset * columns + column) * samples;
      const own = {
        logWeights: logWeights.subarray(start, start + samples),
        target: targets.subarray(start, start + samples),
      };
      // a column that has diverged has no gradient, and must not end those beside it
      const solved = own.target.every(Number.isFinite)
        ? engine.scope(() => weightedLeastSquares(engine, x, own))
        : { solution: engine.full([dimension], NaN), rank: 0 };
      solutions.push(solved.solution);
      ranks.push(solved.rank);
    }
  }
  const stacked = engine.reshape(engine.concat(solutions, 0), [datasets, columns, dimension]);
  return { gradient: engine.transpose(stacked), ranks };
}
