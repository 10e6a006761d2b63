import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/** Running mean of the squared gradient, one number per trial for all its parameters together, [trials, 1, 1]. */
export interface GroupRmsState {
  readonly secondMoment: Tensor;
  readonly stepsTaken: number;
}

const DECAY = 0.99;
const EPSILON = 1e-4;

/** The state before the first step; the caller owns its tensor. */
export function groupRmsStart(engine: LinalgEngine, trials: number): GroupRmsState {
  return { secondMoment: engine.full([trials, 1, 1], 0), stepsTaken: 0 };
}

/**
 * The step sizes of GroupRMSprop, the optimiser of Arora et al. 2019's public code, which Kerekes et al. 2021 follow for
 * matrix completion: v ← 0.99 v + 0.01 ‖g‖²/P over all P parameters of a trial, η_t = η / (√(v/(1 − 0.99^t)) + 10⁻⁴). One
 * number for all parameters: the direction stays that of the gradient, and the path that of its flow in another time.
 *
 * @param given.gradients one [trials, n, n] per factor, all of one size @param given.learningRates η, [trials, 1, 1]
 */
export function groupRmsRate(
  engine: LinalgEngine,
  state: GroupRmsState,
  given: { readonly gradients: readonly Tensor[]; readonly learningRates: Tensor },
): { readonly rates: Tensor; readonly state: GroupRmsState } {
  const squares = given.gradients
    .map((gradient) => engine.reduce('mean', engine.unary('square', gradient), { axis: [-2, -1], keepDims: true }))
    .reduce((sum, mean) => engine.binary('add', sum, mean));
  const stepsTaken = state.stepsTaken + 1;
  const secondMoment = engine.binary(
    'add',
    engine.binary('multiply', state.secondMoment, DECAY),
    engine.binary('multiply', squares, (1 - DECAY) / given.gradients.length),
  );
  const corrected = engine.binary('divide', secondMoment, 1 - DECAY ** stepsTaken);
  const rates = engine.binary(
    'divide',
    given.learningRates,
    engine.binary('add', engine.unary('sqrt', corrected), EPSILON),
  );
  return { rates, state: { secondMoment, stepsTaken } };
}
