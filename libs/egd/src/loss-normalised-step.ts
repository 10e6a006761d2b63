import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { DiagonalWeights } from '@natsweep/models';
import { diagonalGradient, moveAlong } from './diagonal-gradient.ts';

/**
 * Gradient descent with the gradient divided by Σ_n φ(−u_n), to which the loss tends: w_l ← w_l + η c_l ⊙ X̃ᵀq, further
 * divided by max |w|^{L−2} for L ≥ 3, where the curvature grows with the weights and a fixed step would oscillate. Margins
 * grow linearly in the number of steps, and the path of the flow is the same.
 *
 * @param learningRates η, [datasets, 1, columns]
 */
export function lossNormalisedStep(
  engine: LinalgEngine,
  signedInputs: Tensor,
  state: { readonly weights: DiagonalWeights; readonly learningRates: Tensor },
): DiagonalWeights {
  const { directions } = diagonalGradient(engine, signedInputs, state.weights);
  return moveAlong(engine, state.weights, { directions, learningRate: tempered(engine, state) });
}

function tempered(
  engine: LinalgEngine,
  state: { readonly weights: DiagonalWeights; readonly learningRates: Tensor },
): Tensor {
  const excess = state.weights.length - 2;
  if (excess <= 0) return state.learningRates;
  const magnitudes = state.weights.map((weight) => engine.unary('abs', weight));
  const largest = magnitudes.reduce((partial, layer) => engine.binary('maximum', partial, layer));
  const perColumn = engine.reduce('max', largest, { axis: -2, keepDims: true });
  return engine.binary('divide', state.learningRates, engine.binary('power', perColumn, excess));
}
