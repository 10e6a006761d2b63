import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { diagonalCurvature, type DiagonalWeights } from '@natsweep/models';
import { diagonalGradient, moveAlong, sumOverParameters, type DiagonalGradient } from './diagonal-gradient.ts';

/** Weights and the vector of the power iteration. */
export interface CurvatureState {
  readonly weights: DiagonalWeights;
  /** [datasets, N, columns]; start from N(0, 1) entries, whose length keeps the first step short. */
  readonly probe: Tensor;
}

/**
 * Gradient descent on the logarithm of the loss with the step that its curvature allows,
 * η = min(1/λ_max, `relativeChange` ‖w‖/‖direction‖), where λ_max bounds the largest eigenvalue of the Hessian of
 * log Σ_n φ(−u_n): that of J_wᵀ diag(q) J_w by power iteration, plus (L − 1) max |X̃ᵀq| |∂²β/∂w∂w| for the bend of the
 * parametrisation. The path is that of the gradient flow of the loss, in another time, so its limit direction is the same, but
 * margins grow linearly in the number of steps without a learning rate to choose: some 300 steps do what millions of
 * constant ones do.
 *
 * @param options.relativeChange the largest relative change of the weights in a step. Default 0.05.
 */
export function curvatureStep(
  engine: LinalgEngine,
  signedInputs: Tensor,
  state: CurvatureState,
  options: { readonly relativeChange?: number } = {},
): CurvatureState {
  const gradient = diagonalGradient(engine, signedInputs, state.weights);
  const { eigenvalue, probe } = largestEigenvalue(engine, signedInputs, { gradient, probe: state.probe });
  const bend = engine.reduce(
    'max',
    engine.binary('multiply', engine.unary('abs', gradient.separator), diagonalCurvature(engine, state.weights)),
    { axis: -2, keepDims: true },
  );
  const curvature = engine.binary('add', eigenvalue, engine.binary('multiply', bend, state.weights.length - 1));
  const learningRate = engine.binary(
    'minimum',
    engine.unary('reciprocal', curvature),
    relativeStep(engine, state.weights, { gradient, relativeChange: options.relativeChange ?? 0.05 }),
  );
  return { weights: moveAlong(engine, state.weights, { directions: gradient.directions, learningRate }), probe };
}

/**
 * One power iteration on diag(√q) X̃ diag(Σ_l c_l²) X̃ᵀ diag(√q), which has the non-zero spectrum of J_wᵀ diag(q) J_w. The
 * vector is carried from step to step, over which the matrix changes little.
 */
function largestEigenvalue(
  engine: LinalgEngine,
  signedInputs: Tensor,
  from: { readonly gradient: DiagonalGradient; readonly probe: Tensor },
): { readonly eigenvalue: Tensor; readonly probe: Tensor } {
  const { cofactors, shares } = from.gradient;
  const metric = cofactors.map((c) => engine.unary('square', c)).reduce((sum, c) => engine.binary('add', sum, c));
  const root = engine.unary('sqrt', shares);
  const pulled = engine.matmul(signedInputs, engine.binary('multiply', root, from.probe), { transposeA: true });
  const pushed = engine.matmul(signedInputs, engine.binary('multiply', metric, pulled));
  const image = engine.binary('multiply', root, pushed);
  const squares = engine.reduce('sum', engine.unary('square', image), { axis: -2, keepDims: true });
  const eigenvalue = engine.unary('sqrt', squares);
  return { eigenvalue, probe: engine.binary('divide', image, engine.where(eigenvalue, eigenvalue, 1)) };
}

/** η for which the weights change by `relativeChange` of their norm; infinite where all weights are zero. */
function relativeStep(
  engine: LinalgEngine,
  weights: DiagonalWeights,
  of: { readonly gradient: DiagonalGradient; readonly relativeChange: number },
): Tensor {
  const squared = (layers: readonly Tensor[]) =>
    sumOverParameters(
      engine,
      layers.map((layer) => engine.unary('square', layer)),
    );
  const ratio = engine.unary('sqrt', engine.binary('divide', squared(weights), squared(of.gradient.directions)));
  return engine.where(ratio, engine.binary('multiply', ratio, of.relativeChange), Infinity);
}
