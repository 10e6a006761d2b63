import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/** Running mean of the squared gradient, one number for all parameters together. */
export interface GroupRmsState {
  readonly secondMoment: number;
  readonly stepsTaken: number;
}

export const groupRmsStart: GroupRmsState = { secondMoment: 0, stepsTaken: 0 };

const DECAY = 0.99;
const EPSILON = 1e-4;

/**
 * The step size of GroupRMSprop, the optimiser of Arora et al. 2019's public code, which Kerekes et al. 2021 follow for
 * matrix completion: v ← 0.99 v + 0.01 ‖g‖²/P over all P parameters, η_t = η / (√(v/(1 − 0.99^t)) + 10⁻⁴). One scalar for all
 * parameters: the direction stays that of the gradient, and the path that of its flow in another time.
 */
export function groupRmsRate(
  engine: LinalgEngine,
  state: GroupRmsState,
  given: { readonly gradients: readonly Tensor[]; readonly learningRate: number },
): { readonly rate: number; readonly state: GroupRmsState } {
  let squares = 0;
  let parameters = 0;
  for (const gradient of given.gradients) {
    squares += engine.read(engine.reduce('sum', engine.unary('square', gradient)))[0]!;
    parameters += gradient.shape.reduce((size, length) => size * length, 1);
  }
  const stepsTaken = state.stepsTaken + 1;
  const secondMoment = DECAY * state.secondMoment + (1 - DECAY) * (squares / parameters);
  const corrected = secondMoment / (1 - DECAY ** stepsTaken);
  return { rate: given.learningRate / (Math.sqrt(corrected) + EPSILON), state: { secondMoment, stepsTaken } };
}
