import { kfacForster as declaration } from '@natsweep/catalogue';
import { forsterTransform, gaussianDataset } from '@natsweep/datasets';
import type { Dataset } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { createNetwork, freeNetwork, linearise } from '@natsweep/models';
import type { Network } from '@natsweep/models';
import { kfac } from '@natsweep/ngd';
import { coefficientMatrix, isotropicResiduals, isotropyConstant } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { largestDistance, squaredLoss } from './squared-loss.ts';
import { train } from './training-run.ts';
import { orRefused, splitTensors, wideArchitecture } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

/** Small enough for the limit, large enough for the singular Gram matrix of the inputs in float64. */
const vanishingDamping = 1e-11;

/** Θ̄ of K-FAC at initialisation for M_0 < N, then training at damping 0. */
export const kfacForster: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

async function runTrial(
  { trialId, params, seed }: ExperimentTrial<Params>,
  context: TrialContext,
): Promise<TrialResult> {
  const { engine } = context;
  const raw = gaussianDataset({ ...params, seed });
  const { dataset, iterations } =
    params.preprocessing === 'forster'
      ? orRefused(() => forsterTransform(engine, raw))
      : { dataset: raw, iterations: 0 };
  const architecture = wideArchitecture({ ...params, classes: '0,1', sampleOrder: 'first' }, dataset);
  const [split, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, architecture, seed);
  try {
    const start = spectrum(engine, network, split.inputs);
    const alphaTheory = isotropyConstant('kfac', architecture, { samples: params.samples });
    const learningRate = params.learningRateScale / alphaTheory;
    const { residuals, statistics, ended } = await train(engine, network, {
      ...split,
      heldInputs: held.inputs,
      rule: kfac(),
      learningRate,
      damping: 0,
      steps: params.steps,
      signal: context.signal,
      onStep: (done) => context.progress(trialId, done, params.steps),
    });
    const theory = isotropicResiduals(residuals[0]!, { alpha: alphaTheory, learningRate, steps: params.steps });
    const trainLoss = residuals.map((residual) => squaredLoss(residual, params.samples));
    return {
      trialId,
      outcome: ended === 'finished' ? 'step-limit' : ended,
      metrics: {
        ...start,
        conditionTheory: leverageCondition(engine, dataset, params.depth),
        alphaTheory,
        forsterIterations: iterations,
        initialTrainLoss: trainLoss[0]!,
        finalTrainLoss: trainLoss.at(-1)!,
        deviationFromIsotropy: ended === 'diverged' ? Infinity : largestDistance(residuals, theory),
        droppedDirections: statistics.dropped,
      },
      traces: { trainLoss, trainLossTheory: theory.map((residual) => squaredLoss(residual, params.samples)) },
    };
  } finally {
    freeNetwork(engine, network);
    engine.free(split.inputs, split.targets, held.inputs, held.targets);
  }
}

function spectrum(engine: LinalgEngine, network: Network, inputs: Tensor): { condition: number; alpha: number } {
  return engine.scope(() => {
    const at = linearise(engine, network, inputs);
    const theta = coefficientMatrix(engine, 'kfac', { rows: at, columns: at }, vanishingDamping);
    const eigenvalues = engine.read(engine.eigh(theta).values);
    const diagonal = engine.read(engine.diagonal(theta));
    return {
      condition: eigenvalues.at(-1)! / eigenvalues[0]!,
      alpha: diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length,
    };
  });
}

/** (L − 1 + max)/(L − 1 + min) over the leverage scores diag X(XᵀX)⁻¹Xᵀ, from an orthonormal basis of the columns. */
function leverageCondition(engine: LinalgEngine, { train, inputDimension }: Dataset, depth: number): number {
  return engine.scope(() => {
    const { q } = engine.qr(engine.tensor(train.inputs, [train.samples, inputDimension]));
    const scores = engine.read(engine.reduce('sum', engine.unary('square', q), { axis: 1 }));
    return (depth - 1 + Math.max(...scores)) / (depth - 1 + Math.min(...scores));
  });
}
