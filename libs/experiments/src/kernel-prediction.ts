import { kernelPrediction as declaration } from '@natsweep/catalogue';
import type { Dataset } from '@natsweep/datasets';
import type { LinalgEngine } from '@natsweep/linalg';
import { blockTridiagonalCoupling, createNetwork, freeNetwork, outputs } from '@natsweep/models';
import { couplingResponse } from '@natsweep/ngd';
import { limitPrediction } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { requireDistinctSamples } from './independent-inputs.ts';
import { accuracy, squaredLoss } from './squared-loss.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

/** f_∞ = f_0 + Θ̄(x′, x)Θ̄⁻¹(y − f_0) with analytic kernels and f_0 from a network of the given width. */
export const kernelPrediction: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield runTrial(trial, context);
}

function runTrial({ trialId, params, seed }: ExperimentTrial<Params>, context: TrialContext): TrialResult {
  const { engine, progress } = context;
  progress(trialId, 0, 1);
  const dataset = wideDataset(params, seed, context);
  const metrics = engine.scope(() => predictionMetrics(engine, dataset, params, seed));
  progress(trialId, 1, 1);
  return { trialId, outcome: 'converged', metrics, traces: {} };
}

function predictionMetrics(engine: LinalgEngine, dataset: Dataset, params: Params, seed: number) {
  const architecture = wideArchitecture(params, dataset);
  requireDistinctSamples(
    engine,
    { train: dataset.train, architecture },
    {
      user: `the predictor of ${params.approximation} (Karakida & Osawa 2020, Assumption 2: ‖x_n‖ = 1 and x_n ≠ x_m)`,
    },
  );
  const [train, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, architecture, seed);
  const [trainStart, testStart] = [outputs(engine, network, train.inputs), outputs(engine, network, held.inputs)];
  freeNetwork(engine, network);
  const { response } = couplingResponse(engine, blockTridiagonalCoupling(params.depth));
  const classes = dataset.outputs;
  // the mean predictor solves for y beside y − f_0: one factorisation, 2C right-hand sides
  const residual = engine.binary('subtract', train.targets, trainStart);
  const both = params.approximation === 'kfac' ? residual : engine.concat([residual, train.targets], 1);
  const given = { train: train.inputs, test: held.inputs, response };
  const { correction, solves } = limitPrediction(engine, architecture, params.approximation, {
    ...given,
    residual: both,
    measureCondition: true,
  });
  const moved = engine.slice(correction, [null, [0, classes]]);
  const mean =
    params.approximation === 'kfac'
      ? limitPrediction(engine, architecture, 'kfac', { ...given, residual: train.targets }).correction
      : engine.slice(correction, [null, [classes, 2 * classes]]);
  const conditions = solves.flatMap(({ condition }) => (condition === undefined ? [] : [condition]));
  const final = engine.binary('add', testStart, moved);
  const targets = dataset.test.targets;
  return {
    testAccuracy: accuracy(engine.read(final), targets, classes),
    testLoss: squaredLoss(engine.read(engine.binary('subtract', final, held.targets)), held.samples),
    meanTestAccuracy: accuracy(engine.read(mean), targets, classes),
    initialTestAccuracy: accuracy(engine.read(testStart), targets, classes),
    condition: conditions.length > 0 ? Math.max(...conditions) : NaN,
    droppedDirections: solves.reduce((sum, { dropped }) => sum + dropped, 0),
  };
}
