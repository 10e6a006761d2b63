import { setImmediate } from 'node:timers/promises';
import { naturalFlowBound, naturalFlowPrediction, naturalFlowTraining } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { applyDirection, conditionOf, createNetwork, empiricalNtk, freeNetwork, linearise } from '@natsweep/models';
import type { Linearisation, Network } from '@natsweep/models';
import { exact } from '@natsweep/ngd';
import { naturalKernel } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { requireDistinctSamples } from './independent-inputs.ts';
import { boundMetrics, flowTraces, predictionMetrics, trainingMetrics } from './natural-flow-report.ts';
import type { FlowSample } from './natural-flow-report.ts';
import { linearisedParameters, parameterDistance, printedParameterDistance } from './parameter-space.ts';
import { isDivergent } from './training-run.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import type { SplitTensors } from './wide-network.ts';

type Params = z.infer<typeof naturalFlowTraining.parameters>;

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
  const { stepSize } = params;
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  const user = 'natural gradient flow (Rudner et al. 2019, Assumption 2: positive definite JJᵀ)';
  requireDistinctSamples(engine, { train: dataset.train, architecture }, { user });
  const [train, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, architecture, seed);
  const steps = Math.max(1, Math.round(params.flowTime / stepSize));
  const start = startOf(engine, network, { train, heldInputs: held.inputs });
  const linearised = linearisedParameters(engine, start.train, { residual0: start.residual, seed });
  const samples: FlowSample[] = [];
  let ended: 'step-limit' | 'diverged' | 'stopped' = 'step-limit';
  try {
    for (let k = 0; k <= steps; k++) {
      const sample = engine.scope(() => {
        const [at, heldAt] = [linearise(engine, network, train.inputs), linearise(engine, network, held.inputs)];
        const residual = engine.binary('subtract', at.outputs, train.targets);
        const gram = engine.read(engine.eigh(empiricalNtk(engine, at, at)).values);
        const direction = exact().direction(engine, at, residual, { damping: 0 });
        const now = {
          tau: -k * Math.log1p(-stepSize),
          residual: engine.read(residual),
          outputs: engine.read(heldAt.outputs),
          smallestGram: at.samples * gram[0]!,
          condition: conditionOf(gram),
          dropped: k < steps ? direction.statistics.dropped : 0,
          jacobianMovement: jacobianDistance(engine, start.held, heldAt),
          parameterDistance: parameterDistance(engine, network, linearised.network),
          ...kernelQuantities(engine, { at, heldAt, residual }, start),
        };
        if (k < steps) applyDirection(engine, network, direction, stepSize);
        return now;
      });
      samples.push(sample);
      if (isDivergent(sample.residual, samples[0]!.residual)) ended = 'diverged';
      progress(trialId, k, steps);
      await setImmediate();
      if (signal.aborted) ended = 'stopped';
      if (ended !== 'step-limit' || k === steps) break;
      linearised.advance(stepSize * (1 - stepSize) ** k);
    }
    const flow = { ...start, totalMovement: linearised.totalMovement };
    const printed = printedParameterDistance(engine, network, { linearised, tau: samples.at(-1)!.tau });
    return {
      trialId,
      outcome: ended,
      metrics: {
        ...trainingMetrics(samples, params),
        ...predictionMetrics(samples, params, flow),
        printedParameterDiscrepancy: printed / flow.totalMovement,
        ...boundMetrics(samples, flow),
      },
      traces: flowTraces(samples, params, flow),
    };
  } finally {
    linearised.free();
    freeNetwork(engine, network);
    engine.free(train.inputs, train.targets, held.inputs, held.targets, start.kernel, start.residual);
    for (const { outputs, activations, signals } of [start.train, start.held])
      engine.free(outputs, ...activations.slice(1), ...signals);
  }
}

interface Start {
  readonly train: Linearisation;
  readonly held: Linearisation;
  /** f_0(X) − Y */
  readonly residual: Tensor;
  /** K_0 */
  readonly kernel: Tensor;
  /** λ_max(G_0(x)) */
  readonly largestGram: number;
}

function startOf(
  engine: LinalgEngine,
  network: Network,
  { train, heldInputs }: { readonly train: SplitTensors; readonly heldInputs: Tensor },
): Start {
  return engine.scope(() => {
    const [at, held] = [linearise(engine, network, train.inputs), linearise(engine, network, heldInputs)];
    const heldNtk = engine.read(engine.eigh(empiricalNtk(engine, held, held)).values);
    return {
      train: at,
      held,
      residual: engine.binary('subtract', at.outputs, train.targets),
      kernel: naturalKernel(engine, held, at),
      largestGram: held.samples * heldNtk.at(-1)!,
    };
  });
}

/** The natural NTK now: what it is on the training points, how it has moved on the test points, and where it pulls them. */
function kernelQuantities(
  engine: LinalgEngine,
  now: { readonly at: Linearisation; readonly heldAt: Linearisation; readonly residual: Tensor },
  start: Start,
) {
  const column = (residual: Tensor): Tensor => engine.reshape(residual, [-1, 1]);
  const own = naturalKernel(engine, now.at, now.at);
  const error = engine.binary('subtract', own, engine.eye(own.shape[0]!));
  const kernel = naturalKernel(engine, now.heldAt, now.at);
  const moved = engine.binary('subtract', kernel, start.kernel);
  return {
    naturalNtkError: engine.read(engine.reduce('max', engine.unary('abs', error)))[0]!,
    kernelMovement: spectralNorm(engine, engine.matmul(moved, moved, { transposeB: true })),
    drift: engine.read(engine.matmul(moved, column(start.residual))),
    pull: engine.read(engine.matmul(kernel, column(now.residual))),
  };
}

/** ‖J_0(x) − J_s(x)‖₂ from the Gram matrix J_0J_0ᵀ − J_0J_sᵀ − J_sJ_0ᵀ + J_sJ_sᵀ of the difference. */
function jacobianDistance(engine: LinalgEngine, before: Linearisation, now: Linearisation): number {
  return engine.scope(() => {
    const cross = empiricalNtk(engine, before, now);
    const own = engine.binary('add', empiricalNtk(engine, before, before), empiricalNtk(engine, now, now));
    const gram = engine.binary('subtract', own, engine.binary('add', cross, engine.transpose(cross)));
    return Math.sqrt(now.samples) * spectralNorm(engine, gram);
  });
}

/** ‖D‖₂ from DDᵀ. */
function spectralNorm(engine: LinalgEngine, gram: Tensor): number {
  return Math.sqrt(Math.max(0, engine.read(engine.eigh(gram).values).at(-1)!));
}
