import { setImmediate } from 'node:timers/promises';
import { naturalFlowBound, naturalFlowPrediction, naturalFlowTraining } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, conditionOf, createNetwork, empiricalNtk, freeNetwork, linearise } from '@natsweep/models';
import type { Linearisation } from '@natsweep/models';
import { exact } from '@natsweep/ngd';
import {
  convergedDiscrepancyBound,
  discrepancyBound,
  flowOutputs,
  flowResidual,
  naturalKernel,
} from '@natsweep/theory';
import type { BoundSample } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { norm } from './squared-loss.ts';
import { isDivergent } from './training-run.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';

type Params = z.infer<typeof naturalFlowTraining.parameters>;

/**
 * What is kept of the network after k steps of size h. Its τ is −k ln(1 − h), when the flow has contracted as much as the
 * steps have: what is left between network and linearised flow then is the network's nonlinearity, not the step size.
 */
interface Sample extends BoundSample {
  /** f_τ(X) − Y */
  readonly residual: Float64Array;
  /** f_τ(x) */
  readonly outputs: Float64Array;
  /** Of G_τ(X). */
  readonly condition: number;
  /** Null directions that the step left out. */
  readonly dropped: number;
}

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

/** One run of exact natural gradient descent in small steps, judged by the claims on the training points. */
export const naturalFlowTrainingExperiment: Experiment<typeof naturalFlowTraining.parameters> = {
  declaration: naturalFlowTraining,
  run,
};
/** The same run, judged on test points. */
export const naturalFlowPredictionExperiment: Experiment<typeof naturalFlowPrediction.parameters> = {
  declaration: naturalFlowPrediction,
  run,
};
/** The same run, judged against the bound of Theorem 1. */
export const naturalFlowBoundExperiment: Experiment<typeof naturalFlowBound.parameters> = {
  declaration: naturalFlowBound,
  run,
};

async function runTrial(
  { trialId, params, seed }: ExperimentTrial<Params>,
  context: TrialContext,
): Promise<TrialResult> {
  const { engine, signal, progress } = context;
  const dataset = wideDataset(params, seed, context);
  const [train, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, wideArchitecture(params, dataset), seed);
  const steps = Math.max(1, Math.round(params.flowTime / params.stepSize));
  const start = { train: linearise(engine, network, train.inputs), held: linearise(engine, network, held.inputs) };
  const made = engine.scope(() => initialQuantities(engine, start, train.targets));
  const samples: Sample[] = [];
  let ended: 'step-limit' | 'diverged' | 'stopped' = 'step-limit';
  try {
    for (let k = 0; k <= steps; k++) {
      const sample = engine.scope(() => {
        const [at, heldAt] = [linearise(engine, network, train.inputs), linearise(engine, network, held.inputs)];
        const residual = engine.binary('subtract', at.outputs, train.targets);
        const gram = engine.read(engine.eigh(empiricalNtk(engine, at, at)).values);
        const direction = exact().direction(engine, at, residual, { damping: 0 });
        const now = {
          tau: -k * Math.log1p(-params.stepSize),
          residual: engine.read(residual),
          outputs: engine.read(heldAt.outputs),
          smallestGram: at.samples * gram[0]!,
          condition: conditionOf(gram),
          dropped: k < steps ? direction.statistics.dropped : 0,
          jacobianMovement: jacobianDistance(engine, start.held, heldAt),
        };
        if (k < steps) applyDirection(engine, network, direction, params.stepSize);
        return now;
      });
      samples.push(sample);
      if (isDivergent(sample.residual, samples[0]!.residual)) ended = 'diverged';
      progress(trialId, k, steps);
      await setImmediate();
      if (signal.aborted) ended = 'stopped';
      if (ended !== 'step-limit') break;
    }
    return { trialId, outcome: ended, ...report(samples, made, params) };
  } finally {
    freeNetwork(engine, network);
    engine.free(train.inputs, train.targets, held.inputs, held.targets);
    for (const { outputs, activations, signals } of [start.train, start.held])
      engine.free(outputs, ...activations.slice(1), ...signals);
  }
}

interface InitialQuantities {
  readonly pull: Float64Array;
  readonly largestGram: number;
  readonly naturalNtkError: number;
}

function initialQuantities(
  engine: LinalgEngine,
  start: { readonly train: Linearisation; readonly held: Linearisation },
  targets: Tensor,
): InitialQuantities {
  const residual = engine.reshape(engine.binary('subtract', start.train.outputs, targets), [-1, 1]);
  const own = naturalKernel(engine, start.train, start.train);
  const error = engine.binary('subtract', own, engine.eye(own.shape[0]!));
  const heldNtk = engine.eigh(empiricalNtk(engine, start.held, start.held)).values;
  return {
    pull: engine.read(engine.matmul(naturalKernel(engine, start.held, start.train), residual)),
    largestGram: start.held.samples * engine.read(heldNtk).at(-1)!,
    naturalNtkError: engine.read(engine.reduce('max', engine.unary('abs', error)))[0]!,
  };
}

/** ‖J_0(x) − J_s(x)‖₂ from the Gram matrix J_0J_0ᵀ − J_0J_sᵀ − J_sJ_0ᵀ + J_sJ_sᵀ of the difference. */
function jacobianDistance(engine: LinalgEngine, before: Linearisation, now: Linearisation): number {
  return engine.scope(() => {
    const cross = empiricalNtk(engine, before, now);
    const own = engine.binary('add', empiricalNtk(engine, before, before), empiricalNtk(engine, now, now));
    const gram = engine.binary('subtract', own, engine.binary('add', cross, engine.transpose(cross)));
    const largest = engine.read(engine.eigh(gram).values).at(-1)!;
    return Math.sqrt(now.samples * Math.max(0, largest));
  });
}

function report(samples: readonly Sample[], { pull, largestGram, naturalNtkError }: InitialQuantities, params: Params) {
  const first = samples[0]!;
  const scale = norm(first.residual);
  const distance = (a: Float64Array, b: Float64Array): number => norm(a.map((value, i) => value - b[i]!));
  const linearised = (coefficient: number) =>
    samples.map(({ tau }) => flowOutputs(first.outputs, pull, tau, coefficient));
  const discrepancy = linearised(1).map((outputs, k) => distance(outputs, samples[k]!.outputs));
  const printed = linearised(params.noiseVariance).map((outputs, k) => distance(outputs, samples[k]!.outputs));
  const start = { residual: scale, largestGram };
  const bound = discrepancyBound(start, samples);
  const discrete = samples.map(({ residual }, k) =>
    distance(
      residual,
      first.residual.map((value) => (1 - params.stepSize) ** k * value),
    ),
  );
  const errors = samples.map(({ residual }, k) =>
    distance(residual, flowResidual(first.residual, k * params.stepSize)),
  );
  return {
    metrics: {
      trainError: Math.max(...errors) / scale,
      discreteTrainError: Math.max(...discrete) / scale,
      discrepancy: Math.max(...discrepancy) / scale,
      printedDiscrepancy: Math.max(...printed) / scale,
      finalBound: bound.at(-1)! / scale,
      boundRatio: Math.max(...discrepancy.slice(1).map((value, k) => value / bound[k + 1]!)),
      convergedBoundRatio: discrepancy.at(-1)! / convergedDiscrepancyBound(start, first.smallestGram),
      jacobianMovement: Math.max(...samples.map(({ jacobianMovement }) => jacobianMovement)) / Math.sqrt(largestGram),
      gramShrinkage: Math.min(...samples.map(({ smallestGram }) => smallestGram)) / first.smallestGram,
      condition: Math.max(...samples.map(({ condition }) => condition)),
      droppedDirections: samples.reduce((sum, { dropped }) => sum + dropped, 0),
      naturalNtkError,
    },
    traces: {
      trainNorm: samples.map(({ residual }) => norm(residual)),
      trainNormTheory: samples.map((_, k) => Math.exp(-k * params.stepSize) * scale),
      discrepancy,
      bound,
    },
  };
}
