import { isotropy as declaration } from '@natsweep/catalogue';
import type { Dataset } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { createNetwork, freeNetwork, linearise } from '@natsweep/models';
import type { Architecture } from '@natsweep/models';
import { coefficientMatrix, isotropyConstant, kfacCoefficient, unitWiseCoefficient } from '@natsweep/theory';
import type { Samples } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { norm } from './squared-loss.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import { kfacFormOf } from './wide-analytic.ts';

type Params = z.infer<typeof declaration.parameters>;

/** The spectrum of Θ̄ of one network at random initialisation. */
export const isotropy: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield runTrial(trial, context);
}

function runTrial({ trialId, params, seed }: ExperimentTrial<Params>, context: TrialContext): TrialResult {
  const { engine, progress } = context;
  progress(trialId, 0, 1);
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  const metrics = engine.scope(() => {
    const { inputs } = splitTensors(engine, dataset, dataset.train);
    const network = createNetwork(engine, architecture, seed);
    const at = linearise(engine, network, inputs);
    const theta = coefficient(engine, { rows: at, columns: at }, params);
    freeNetwork(engine, network);
    const eigenvalues = engine.read(engine.eigh(theta).values);
    const sizes = eigenvalues.map(Math.abs);
    const diagonal = engine.read(engine.diagonal(theta));
    const alpha = diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length;
    return {
      condition: Math.max(...sizes) / Math.min(...sizes),
      smallestEigenvalue: eigenvalues[0]!,
      largestEigenvalue: eigenvalues.at(-1)!,
      anisotropy: norm(eigenvalues.map((value) => value - alpha)) / (Math.abs(alpha) * Math.sqrt(eigenvalues.length)),
      alpha,
      ...againstLimit(engine, theta, theoreticalLimit(params, architecture, dataset)),
    };
  });
  progress(trialId, 1, 1);
  return { trialId, outcome: 'converged', metrics, traces: {} };
}

function coefficient(engine: LinalgEngine, samples: Samples, params: Params): Tensor {
  const { approximation, damping, firstLayer } = params;
  switch (approximation) {
    case 'kfac':
      return kfacCoefficient(engine, samples, { damping, form: kfacFormOf(params) });
    case 'unit-wise':
      return unitWiseCoefficient(engine, samples, { damping, firstLayer });
    default:
      return coefficientMatrix(engine, approximation, samples, damping);
  }
}

/** Θ̄ of damping 0 at infinite width is αI + c11ᵀ. */
interface Limit {
  readonly alpha: number;
  readonly common: number;
}

/**
 * α of the isotropic rules (eq. 12). K-FAC with a block for the biases has N(2L − 1)I + 11ᵀ instead (S.123 by its pseudo-inverse;
 * S.124 prints N11ᵀ). Undefined for other metrics.
 */
function theoreticalLimit(
  { approximation, kfacBias, samples, firstLayer }: Params,
  architecture: Architecture,
  dataset: Dataset,
): Limit | undefined {
  switch (approximation) {
    case 'gradient-descent':
    case 'diagonal':
    case 'quasi-diagonal':
      return undefined;
    default: {
      const inputNorm = norm(dataset.train.inputs) / Math.sqrt(samples);
      const alpha = isotropyConstant(approximation, architecture, { samples, inputNorm, firstLayer });
      return kfacBias === 'separate'
        ? { alpha: alpha + samples * (architecture.widths.length - 2), common: 1 }
        : { alpha, common: 0 };
    }
  }
}

function againstLimit(engine: LinalgEngine, theta: Tensor, limit: Limit | undefined) {
  if (limit === undefined) return { alphaTheory: NaN, departure: NaN };
  const expected = engine.binary(
    'add',
    engine.binary('multiply', limit.alpha, engine.eye(theta.shape[0]!)),
    limit.common,
  );
  return {
    alphaTheory: limit.alpha + limit.common,
    departure: norm(engine.read(engine.binary('subtract', theta, expected))) / norm(engine.read(expected)),
  };
}
