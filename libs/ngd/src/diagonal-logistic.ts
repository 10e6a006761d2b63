import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { diagonalCofactors, diagonalProduct, type DiagonalWeights } from '@natsweep/models';
import {
  logisticNaturalGradient,
  prepareLogisticInputs,
  type LinearNaturalGradient,
  type LogisticInputs,
} from './logistic-linear.ts';

/**
 * How the natural gradient is shared among the layers of a diagonal network, whose Fisher information is singular.
 * `joint`: the solution of least norm over all layers, F_w⁺∇_w L. `split`: each layer solves for 1/L of the step of β on its
 * own (Kerekes et al. 2021, B.2).
 */
export type DiagonalRule = 'joint' | 'split';

export interface DiagonalNaturalGradient {
  /** One tensor [datasets, D, columns] per layer; weights move against it. */
  readonly gradients: readonly Tensor[];
  /** Numerical rank of every system, one per data set and column in this order; for `split` the smallest over layers. */
  readonly ranks: readonly number[];
}

/**
 * Exact natural gradient of β = w_1 ⊙ … ⊙ w_L under logistic loss. With J = [diag c_1 … diag c_L] and JJᵀ = diag(s²),
 * s² = Σ_l c_l², the least-norm solution is g_l = (c_l / s) ⊙ v, where v is the natural gradient of a linear classifier on
 * the inputs X̃ diag(s): one solve for all layers, no matrix of size LD. For `split` v_l is that on X̃ diag(c_l) and
 * g_l = v_l / L. Components with s = 0 cannot move to first order and get 0.
 *
 * For L = 1 both are the linear natural gradient itself.
 */
export function diagonalNaturalGradient(
  engine: LinalgEngine,
  inputs: LogisticInputs,
  at: { readonly weights: DiagonalWeights; readonly rule: DiagonalRule; readonly clip: number },
): DiagonalNaturalGradient {
  const margins = engine.matmul(inputs.signedInputs, diagonalProduct(engine, at.weights));
  const layers = at.weights.length;
  if (layers === 1) {
    const { gradient, ranks } = logisticNaturalGradient(engine, inputs, { margins, clip: at.clip });
    return { gradients: [gradient], ranks };
  }
  const cofactors = diagonalCofactors(engine, at.weights);
  const solveScaled = (scales: Tensor) =>
    scaledNaturalGradient(engine, inputs.signedInputs, { scales, margins, clip: at.clip });
  if (at.rule === 'split') {
    const solved = cofactors.map((cofactor) => solveScaled(cofactor));
    return {
      gradients: solved.map(({ gradient }) => engine.binary('divide', gradient, layers)),
      ranks: solved[0]!.ranks.map((_, index) => Math.min(...solved.map(({ ranks }) => ranks[index]!))),
    };
  }
  const squares = cofactors.map((cofactor) => engine.unary('square', cofactor));
  const scales = engine.unary(
    'sqrt',
    squares.reduce((sum, square) => engine.binary('add', sum, square)),
  );
  const { gradient, ranks } = solveScaled(scales);
  const perUnit = engine.where(scales, engine.binary('divide', gradient, scales), 0);
  return { gradients: cofactors.map((cofactor) => engine.binary('multiply', cofactor, perUnit)), ranks };
}

/** The linear natural gradient on inputs X̃ diag(scales), where every column of `scales` [datasets, D, columns] is a problem. */
function scaledNaturalGradient(
  engine: LinalgEngine,
  signedInputs: Tensor,
  at: { readonly scales: Tensor; readonly margins: Tensor; readonly clip: number },
): LinearNaturalGradient {
  const [datasets, samples, dimension] = signedInputs.shape as [number, number, number];
  const columns = at.scales.shape.at(-1)!;
  const perColumn = (t: Tensor, rows: number) => engine.reshape(engine.transpose(t), [datasets * columns, 1, rows]);
  const spread = engine.reshape(engine.transpose(at.scales), [datasets, columns, 1, dimension]);
  const scaled = engine.reshape(
    engine.binary('multiply', engine.reshape(signedInputs, [datasets, 1, samples, dimension]), spread),
    [datasets * columns, samples, dimension],
  );
  const margins = engine.transpose(perColumn(at.margins, samples));
  const { gradient, ranks } = logisticNaturalGradient(engine, prepareLogisticInputs(engine, scaled), {
    margins,
    clip: at.clip,
  });
  return { gradient: engine.transpose(engine.reshape(gradient, [datasets, columns, dimension])), ranks };
}
