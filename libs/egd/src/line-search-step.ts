import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { diagonalProduct, logLogisticLoss, type DiagonalWeights } from '@natsweep/models';
import { diagonalGradient, moveAlong, sumOverParameters } from './diagonal-gradient.ts';

/** Weights and the step that the next search starts from. */
export interface LineSearchState {
  readonly weights: DiagonalWeights;
  /** [datasets, 1, columns] */
  readonly learningRates: Tensor;
}

const MAX_HALVINGS = 40;
const SUFFICIENT_DECREASE = 0.1;

/**
 * Gradient descent with a backtracking line search on f = log mean loss (Armijo 1966): each search starts at twice the last
 * accepted step and halves it, per column, until f(w + ηd) ≤ f(w) − η/10 ⟨d, −∇f⟩. The logarithm keeps decreases visible where
 * the loss itself underflows. A column that finds no decrease in 40 halvings stays where it is.
 *
 * Its steps are long: unlike the other rules it leaves the path of the flow, and through several layers may end elsewhere.
 */
export function lineSearchStep(engine: LinalgEngine, signedInputs: Tensor, state: LineSearchState): LineSearchState {
  const { directions, logScale } = diagonalGradient(engine, signedInputs, state.weights);
  const before = logTotalLoss(engine, signedInputs, state.weights);
  const squares = directions.map((direction) => engine.unary('square', direction));
  const slope = engine.binary(
    'multiply',
    sumOverParameters(engine, squares),
    engine.unary('exp', engine.binary('subtract', logScale, before)),
  );
  let learningRate = engine.binary('multiply', state.learningRates, 2);
  let accepted = engine.full(learningRate.shape, 0);
  for (let halving = 0; halving < MAX_HALVINGS; halving++) {
    const after = logTotalLoss(engine, signedInputs, moveAlong(engine, state.weights, { directions, learningRate }));
    const decrease = engine.binary('subtract', before, after);
    const required = engine.binary('multiply', engine.binary('multiply', learningRate, slope), SUFFICIENT_DECREASE);
    accepted = engine.binary('greater', decrease, required);
    if (engine.read(accepted).every((flag) => flag === 1)) break;
    learningRate = engine.where(accepted, learningRate, engine.binary('multiply', learningRate, 0.5));
  }
  const moved = engine.where(accepted, learningRate, 0);
  return {
    weights: moveAlong(engine, state.weights, { directions, learningRate: moved }),
    learningRates: learningRate,
  };
}

/** log Σ_n log(1 + e^{−u_n}), [datasets, 1, columns]. */
function logTotalLoss(engine: LinalgEngine, signedInputs: Tensor, weights: DiagonalWeights): Tensor {
  const terms = logLogisticLoss(engine, engine.matmul(signedInputs, diagonalProduct(engine, weights)));
  const largest = engine.reduce('max', terms, { axis: -2, keepDims: true });
  const relative = engine.unary('exp', engine.binary('subtract', terms, largest));
  return engine.binary(
    'add',
    largest,
    engine.unary('log', engine.reduce('sum', relative, { axis: -2, keepDims: true })),
  );
}
