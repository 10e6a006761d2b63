import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { logResidualWeight } from '@natsweep/models';

/** F = across · I + (along − across) b bᵀ, with b the unit vector of β. */
export interface PopulationFisher {
  readonly along: number;
  readonly across: number;
}

/**
 * Fisher information of a logistic classifier averaged over the population x ~ N(0, I) instead of the training inputs,
 * F = E[φ(s)φ(−s) x xᵀ] with s = ‖β‖ z, z ~ N(0, 1): across = E[φφ̄], along = E[z² φφ̄]. The integrals are taken by the
 * trapezoidal rule, exact to rounding for such smooth integrands, on a grid that resolves the narrower of the two bells.
 */
export function gaussianPopulationFisher(norm: number): PopulationFisher {
  const step = 0.1 / Math.max(1, norm);
  const reach = norm > 4 ? 40 / norm : 10;
  const half = Math.ceil(reach / step);
  let along = 0;
  let across = 0;
  for (let k = -half; k <= half; k++) {
    const z = k * step;
    const decay = Math.exp(-Math.abs(norm * z));
    const weight = (decay / (1 + decay) ** 2) * Math.exp((-z * z) / 2);
    across += weight;
    along += weight * z * z;
  }
  const unit = step / Math.sqrt(2 * Math.PI);
  return { along: along * unit, across: across * unit };
}

/**
 * Natural gradient F⁻¹∇L of a linear classifier with the training gradient ∇L = −X̃ᵀφ(−u)/N and the population's Fisher
 * information, by Sherman & Morrison in O(D): F⁻¹g = g/across + (1/along − 1/across) b bᵀg.
 *
 * @param signedInputs X̃, [datasets, N, D] @param separators β, [datasets, D, columns]
 */
export function populationNaturalGradient(engine: LinalgEngine, signedInputs: Tensor, separators: Tensor): Tensor {
  const samples = signedInputs.shape.at(-2)!;
  const weights = engine.unary('exp', logResidualWeight(engine, engine.matmul(signedInputs, separators)));
  const gradient = engine.binary('multiply', engine.matmul(signedInputs, weights, { transposeA: true }), -1 / samples);
  const overRows = { axis: -2, keepDims: true } as const;
  const norms = engine.unary('sqrt', engine.reduce('sum', engine.unary('square', separators), overRows));
  const fisher = Array.from(engine.read(norms), gaussianPopulationFisher);
  const across = engine.tensor(
    fisher.map((f) => 1 / f.across),
    norms.shape,
  );
  const excess = engine.tensor(
    fisher.map((f) => 1 / f.along - 1 / f.across),
    norms.shape,
  );
  const unit = engine.binary('divide', separators, engine.where(norms, norms, 1));
  const radial = engine.reduce('sum', engine.binary('multiply', unit, gradient), overRows);
  return engine.binary(
    'add',
    engine.binary('multiply', gradient, across),
    engine.binary('multiply', unit, engine.binary('multiply', radial, excess)),
  );
}
