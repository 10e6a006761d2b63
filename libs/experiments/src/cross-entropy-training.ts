import { setImmediate } from 'node:timers/promises';
import { crossEntropyTraining as declaration } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  applyDirection,
  createNetwork,
  crossEntropy,
  freeNetwork,
  linearise,
  outputs,
  softmax,
  whitenOutputs,
} from '@natsweep/models';
import type { Network, SolveStatistics } from '@natsweep/models';
import { createRule } from '@natsweep/ngd';
import { isotropyConstant, softmaxTrajectory } from '@natsweep/theory';
import type { z } from 'zod';
import { requireRegularMetric } from './independent-inputs.ts';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { accuracy, largestDistance, norm } from './squared-loss.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import type { SplitTensors } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

/** What is kept of one step. */
interface Step {
  readonly logits: Float64Array;
  readonly probabilities: Float64Array;
  readonly loss: number;
}

/** Trains one network per trial on the cross-entropy and compares its probabilities with the recursion of S.168. */
export const crossEntropyTraining: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

async function runTrial(
  { trialId, params, seed }: ExperimentTrial<Params>,
  context: TrialContext,
): Promise<TrialResult> {
  const { engine } = context;
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  const { approximation } = params;
  if (params.damping === 0)
    requireRegularMetric(engine, { train: dataset.train, architecture }, { approximation, remedy: 'add damping' });
  const [train, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, architecture, seed);
  const alpha = isotropyConstant(params.approximation, architecture, { samples: params.samples });
  try {
    const { steps, statistics, ended } = await descend(network, train, params, {
      context,
      learningRate: params.learningRateScale / alpha,
      onStep: (done) => context.progress(trialId, done, params.steps),
    });
    const targets = dataset.train.targets;
    const theory = softmaxTrajectory(steps[0]!.logits, targets, {
      classes: dataset.outputs,
      rate: params.learningRateScale,
      outputDamping: params.outputDamping,
      steps: params.steps,
    });
    const distance = largestDistance(
      steps.map(({ probabilities }) => probabilities),
      theory,
    );
    const error0 = norm(steps[0]!.probabilities.map((value, i) => value - targets[i]!));
    const trainLoss = steps.map(({ loss }) => loss);
    const heldOutputs = engine.scope(() => engine.read(outputs(engine, network, held.inputs)));
    return {
      trialId,
      outcome: ended === 'finished' ? 'step-limit' : ended,
      metrics: {
        initialTrainLoss: trainLoss[0]!,
        finalTrainLoss: trainLoss.at(-1)!,
        peakLossRatio: Math.max(...trainLoss) / trainLoss[0]!,
        deviationFromTheory: ended === 'diverged' ? Infinity : (distance * norm(steps[0]!.probabilities)) / error0,
        finalTrainAccuracy: accuracy(steps.at(-1)!.logits, targets, dataset.outputs),
        finalTestAccuracy: accuracy(heldOutputs, dataset.test.targets, dataset.outputs),
        droppedDirections: statistics.dropped,
        condition: statistics.condition ?? NaN,
      },
      traces: {
        trainLoss,
        trainLossTheory: theory.map((probabilities) => meanLogLoss(probabilities, targets, train.samples)),
      },
    };
  } finally {
    freeNetwork(engine, network);
    engine.free(train.inputs, train.targets, held.inputs, held.targets);
  }
}

interface Descent {
  readonly context: TrialContext;
  readonly learningRate: number;
  readonly onStep: (done: number) => void;
}

/** Full-batch descent; diverged once the loss is not finite or 100 times its start. */
async function descend(
  network: Network,
  { inputs, targets }: SplitTensors,
  params: Params,
  { context, learningRate, onStep }: Descent,
) {
  const { engine, signal } = context;
  const rule = createRule(params.approximation);
  const steps: Step[] = [];
  let statistics: SolveStatistics = { method: 'none', dropped: 0, cutoff: 0 };
  for (let t = 0; ; t++) {
    const ended = engine.scope(() => {
      const at = linearise(engine, network, inputs);
      steps.push(stepOf(engine, at.outputs, targets));
      if (!(steps[t]!.loss <= 100 * steps[0]!.loss)) return { reason: 'diverged' as const };
      if (t === params.steps) return { reason: 'finished' as const };
      const whitened = whitenOutputs(engine, at, targets, params.outputDamping);
      const options = { damping: params.damping, measureCondition: t === 0 };
      const direction = rule.direction(engine, whitened.at, whitened.residual, options);
      if (t === 0) statistics = direction.statistics;
      applyDirection(engine, network, direction, learningRate);
      return { reason: undefined };
    });
    if (ended.reason !== undefined) return { steps, statistics, ended: ended.reason };
    onStep(t + 1);
    await setImmediate();
    if (signal.aborted) return { steps, statistics, ended: 'stopped' as const };
  }
}

function stepOf(engine: LinalgEngine, logits: Tensor, targets: Tensor): Step {
  return {
    logits: engine.read(logits),
    probabilities: engine.read(softmax(engine, logits)),
    loss: crossEntropy(engine, logits, targets),
  };
}

/** −1/N Σ y log σ for one-hot y. */
function meanLogLoss(probabilities: Float64Array, targets: Float64Array, samples: number): number {
  return -probabilities.reduce((sum, value, i) => (targets[i] === 1 ? sum + Math.log(value) : sum), 0) / samples;
}
