import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { DiagonalWeights } from '@natsweep/models';
import { diagonalGradient, moveAlong } from './diagonal-gradient.ts';

/**
 * Plain gradient descent on the mean logistic loss: w_l ← w_l − η ∇_{w_l} L. Its steps shrink with the loss, so margins grow
 * only as log(step).
 *
 * @param learningRates η, [datasets, 1, columns]
 */
export function constantStep(
  engine: LinalgEngine,
  signedInputs: Tensor,
  state: { readonly weights: DiagonalWeights; readonly learningRates: Tensor },
): DiagonalWeights {
  const { directions, logScale } = diagonalGradient(engine, signedInputs, state.weights);
  const samples = signedInputs.shape.at(-2)!;
  const scale = engine.unary('exp', engine.binary('subtract', logScale, Math.log(samples)));
  const learningRate = engine.binary('multiply', state.learningRates, scale);
  return moveAlong(engine, state.weights, { directions, learningRate });
}
