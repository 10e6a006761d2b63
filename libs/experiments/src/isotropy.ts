import { isotropy as declaration } from '@natsweep/catalogue';
import type { Dataset } from '@natsweep/datasets';
import { createNetwork, freeNetwork, linearise } from '@natsweep/models';
import type { Architecture } from '@natsweep/models';
import { coefficientMatrix, isotropyConstant, kfacCoefficient } from '@natsweep/theory';
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
    const samples = { rows: at, columns: at };
    const theta =
      params.approximation === 'kfac'
        ? kfacCoefficient(engine, samples, { damping: params.damping, form: kfacFormOf(params) })
        : coefficientMatrix(engine, params.approximation, samples, params.damping);
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
      alphaTheory: theoreticalAlpha(params, architecture, dataset),
    };
  });
  progress(trialId, 1, 1);
  return { trialId, outcome: 'converged', metrics, traces: {} };
}

function theoreticalAlpha(
  { approximation, kfacBias, samples }: Params,
  architecture: Architecture,
  dataset: Dataset,
): number {
  if (kfacBias === 'separate') return NaN;
  switch (approximation) {
    case 'gradient-descent':
    case 'diagonal':
    case 'quasi-diagonal':
      return NaN;
    default:
      return isotropyConstant(approximation, architecture, {
        samples,
        inputNorm: norm(dataset.train.inputs) / Math.sqrt(samples),
      });
  }
}
