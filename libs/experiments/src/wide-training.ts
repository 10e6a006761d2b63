import { wideTraining as declaration } from '@natsweep/catalogue';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { createNetwork, empiricalNtk, freeNetwork, linearise } from '@natsweep/models';
import type { Network } from '@natsweep/models';
import type { Trajectory } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { requireRegularMetric } from './independent-inputs.ts';
import { accuracy, largestDistance, norm, squaredLoss } from './squared-loss.ts';
import { isDivergent, train } from './training-run.ts';
import type { TrainingRun } from './training-run.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import { predictTraining, ruleOf } from './wide-prediction.ts';

type Params = z.infer<typeof declaration.parameters>;

/** Trains one network per trial and compares its residuals with the closed-form curve, step by step. */
export const wideTraining: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

async function runTrial(trial: ExperimentTrial<Params>, context: TrialContext): Promise<TrialResult> {
  const { trialId, params, seed } = trial;
  const { engine } = context;
  const dataset = wideDataset(params, seed, context);
  const architecture = wideArchitecture(params, dataset);
  const { approximation } = params;
  if (params.damping === 0 && approximation !== 'gradient-descent')
    requireRegularMetric(engine, { train: dataset.train, architecture }, { approximation, remedy: 'add damping' });
  const [training, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, architecture, seed);
  try {
    const meanEigenvalue = meanTangentEigenvalue(engine, network, training.inputs);
    const damping = params.dampingUnit === 'relative' ? params.damping * meanEigenvalue : params.damping;
    const start = predictTraining(engine, network, { training, heldInputs: held.inputs }, { ...params, damping });
    const ran = await train(engine, network, {
      ...training,
      heldInputs: held.inputs,
      rule: ruleOf(params),
      learningRate: start.learningRate,
      damping,
      steps: params.steps,
      signal: context.signal,
      onStep: (done) => context.progress(trialId, done, params.steps),
    });
    const testTargets = dataset.test.targets;
    const testLossOf = (values: Float64Array) =>
      squaredLoss(
        values.map((value, i) => value - testTargets[i]!),
        held.samples,
      );
    const trainLossOf = (residual: Float64Array) => squaredLoss(residual, training.samples);
    const linearised = { residualsTrain: start.residuals, outputsTest: start.outputsTest };
    const traces = {
      testLoss: ran.heldOutputs.map(testLossOf),
      testLossTheory: upToDivergence(linearised, ({ outputsTest }) => outputsTest.map(testLossOf)),
      testLossAnalytic: upToDivergence(start.analytic, ({ outputsTest }) => outputsTest.map(testLossOf)),
      trainLoss: ran.residuals.map(trainLossOf),
      trainLossTheory: upToDivergence(linearised, ({ residualsTrain }) => residualsTrain.map(trainLossOf)),
      trainLossAnalytic: upToDivergence(start.analytic, ({ residualsTrain }) => residualsTrain.map(trainLossOf)),
    };
    const reached = traces.trainLoss.findIndex((loss) => loss <= params.targetLoss * traces.trainLoss[0]!);
    const outcome =
      ran.ended !== 'finished' ? ran.ended : reached >= 0 ? ('converged' as const) : ('step-limit' as const);
    return {
      trialId,
      outcome,
      metrics: {
        initialTrainLoss: traces.trainLoss[0]!,
        finalTrainLoss: traces.trainLoss.at(-1)!,
        deviationFromTheory: trainDeviation(ran, linearised),
        deviationFromAnalytic: trainDeviation(ran, start.analytic),
        deviationFromIsotropy: trainDeviation(ran, { ...linearised, residualsTrain: start.isotropic }),
        peakLossRatio: Math.max(...traces.trainLoss) / traces.trainLoss[0]!,
        contractionPerStep: contraction(ran.residuals),
        stepsToLoss: reached < 0 ? NaN : reached,
        finalTrainAccuracy: trainAccuracy(ran, dataset.train.targets, dataset.outputs),
        finalTestLoss: traces.testLoss.at(-1)!,
        finalTestAccuracy: accuracy(ran.heldOutputs.at(-1)!, testTargets, dataset.outputs),
        testDeviationFromTheory: testDeviation(ran, linearised),
        testDeviationFromAnalytic: testDeviation(ran, start.analytic),
        learningRate: start.learningRate,
        absoluteDamping: damping,
        relativeDamping: damping / meanEigenvalue,
        alpha: start.alpha,
        condition: ran.statistics.condition ?? NaN,
        droppedDirections: ran.statistics.dropped,
        negativeDirections: ran.statistics.inertia?.negative ?? 0,
        poleDistance: ran.statistics.poleDistance ?? NaN,
      },
      traces,
    };
  } finally {
    freeNetwork(engine, network);
    engine.free(training.inputs, training.targets, held.inputs, held.targets);
  }
}

/** Number of steps, from 0 on, that a closed form describes before it diverges, as it does near a pole of the damped metric. */
function followedSteps(theory: readonly Float64Array[]): number {
  const divergent = theory.findIndex((residual) => isDivergent(residual, theory[0]!));
  return divergent < 0 ? theory.length : divergent;
}

/** tr Θ/(NC) of the network as it is. */
function meanTangentEigenvalue(engine: LinalgEngine, network: Network, inputs: Tensor): number {
  return engine.scope(() => {
    const at = linearise(engine, network, inputs);
    return engine.read(engine.reduce('mean', engine.diagonal(empiricalNtk(engine, at, at))))[0]!;
  });
}

/** A curve of a theory up to where the theory itself diverges, NaN from there on; nothing of a theory that there is not. */
function upToDivergence(theory: Trajectory | undefined, curve: (theory: Trajectory) => number[]): number[] {
  if (theory === undefined) return [];
  const followed = followedSteps(theory.residualsTrain);
  return curve(theory).map((value, t) => (t < followed ? value : NaN));
}

/** Whether a theory describes every step. */
function isFollowed(theory: Trajectory | undefined): theory is Trajectory {
  return theory !== undefined && followedSteps(theory.residualsTrain) === theory.residualsTrain.length;
}

/** max_t ‖g_t − theory_t‖/‖g_0‖; NaN where the theory diverges, infinite where training does. */
function trainDeviation({ ended, residuals }: TrainingRun, theory: Trajectory | undefined): number {
  if (ended === 'diverged') return Infinity;
  return isFollowed(theory) ? largestDistance(residuals, theory.residualsTrain) : NaN;
}

/** max_t ‖f_t(x′) − theory_t‖/‖g_0‖; NaN where the theory diverges or has no test samples, infinite where training does. */
function testDeviation({ ended, residuals, heldOutputs }: TrainingRun, theory: Trajectory | undefined): number {
  if (ended === 'diverged') return Infinity;
  if (!isFollowed(theory) || theory.outputsTest.length === 0) return NaN;
  return (largestDistance(heldOutputs, theory.outputsTest) * norm(heldOutputs[0]!)) / norm(residuals[0]!);
}

/** Geometric mean contraction of the residual until it is 1 % of its start. */
function contraction(residuals: readonly Float64Array[]): number {
  const norms = residuals.map(norm);
  const small = norms.findIndex((value) => value <= 0.01 * norms[0]!);
  const last = small < 0 ? norms.length - 1 : small;
  return last === 0 ? NaN : (norms[last]! / norms[0]!) ** (1 / last);
}

function trainAccuracy({ residuals }: TrainingRun, targets: Float64Array, classes: number): number {
  return accuracy(
    residuals.at(-1)!.map((value, i) => value + targets[i]!),
    targets,
    classes,
  );
}
