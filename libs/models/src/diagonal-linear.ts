import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/**
 * The layers w_1 … w_L of a diagonal linear classifier β = w_1 ⊙ … ⊙ w_L (Kerekes et al. 2021, §2.1), all of one shape. L = 1 is
 * the direct parametrisation. Descent rules use [datasets, D, columns]: columns are trials that share a data set.
 */
export type DiagonalWeights = readonly Tensor[];

function product(engine: LinalgEngine, factors: readonly Tensor[], like: Tensor): Tensor {
  return factors.reduce((partial, factor) => engine.binary('multiply', partial, factor), engine.full(like.shape, 1));
}

/** β = w_1 ⊙ … ⊙ w_L. */
export function diagonalProduct(engine: LinalgEngine, weights: DiagonalWeights): Tensor {
  return product(engine, weights, firstOf(weights));
}

/**
 * c_l = ∂β/∂w_l = ⊙_{k≠l} w_k (eq. 28, with i = k), one tensor per layer. Products, never β / w_l: a zero weight is a legal state.
 */
export function diagonalCofactors(engine: LinalgEngine, weights: DiagonalWeights): Tensor[] {
  const like = firstOf(weights);
  return weights.map((_, left) =>
    product(
      engine,
      weights.filter((_, layer) => layer !== left),
      like,
    ),
  );
}

/** max over pairs k < l of |∂²β/∂w_k∂w_l|, the largest product of L − 2 layers; zeros for L = 1. */
export function diagonalCurvature(engine: LinalgEngine, weights: DiagonalWeights): Tensor {
  const like = firstOf(weights);
  let largest = engine.full(like.shape, 0);
  for (let k = 0; k < weights.length; k++) {
    for (let l = k + 1; l < weights.length; l++) {
      const others = weights.filter((_, layer) => layer !== k && layer !== l);
      largest = engine.binary('maximum', largest, engine.unary('abs', product(engine, others, like)));
    }
  }
  return largest;
}

function firstOf(weights: DiagonalWeights): Tensor {
  const [first] = weights;
  if (first === undefined) throw new RangeError('diagonal network: it needs at least one layer');
  return first;
}
