import { parseCoupling, wideTraining as declaration } from '@natsweep/catalogue';
import { fastestStableRate, gradientDescent } from '@natsweep/egd';
import type { LinalgEngine } from '@natsweep/linalg';
import { createNetwork, freeNetwork, linearise, outputs } from '@natsweep/models';
import type { Coupling, DescentRule, Linearisation, Network } from '@natsweep/models';
import { couplingResponse, createRule, layerWise } from '@natsweep/ngd';
import {
  coefficientMatrix,
  isotropicResiduals,
  isotropyConstant,
  layerWiseCoefficient,
  linearisedTrajectory,
} from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { accuracy, largestDistance, norm, squaredLoss } from './squared-loss.ts';
import { isDivergent, train } from './training-run.ts';
import type { TrainingRun } from './training-run.ts';
import { splitTensors, wideArchitecture, wideDataset } from './wide-network.ts';
import type { SplitTensors } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

/** Trains one network per trial and compares its residuals with the closed-form curve, step by step. */
export const wideTraining: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const trial of trials) yield await runTrial(trial, context);
}

async function runTrial(trial: ExperimentTrial<Params>, context: TrialContext): Promise<TrialResult> {
  const { trialId, params, seed } = trial;
  const { engine } = context;
  const dataset = wideDataset(params, seed);
  const [training, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const network = createNetwork(engine, wideArchitecture(params, dataset), seed);
  try {
    const start = prediction(engine, network, training, params);
    const isGradientDescent = params.approximation === 'gradient-descent';
    const ran = await train(engine, network, {
      ...training,
      rule: ruleOf(params),
      learningRate: start.learningRate,
      damping: isGradientDescent ? 0 : params.damping,
      steps: params.steps,
      signal: context.signal,
      onStep: (done) => context.progress(trialId, done, params.steps),
    });
    const traces = {
      trainLoss: ran.residuals.map((residual) => squaredLoss(residual, training.samples)),
      trainLossTheory: start.residuals.map((residual) =>
        isDivergent(residual, start.residuals[0]!) ? NaN : squaredLoss(residual, training.samples),
      ),
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
        deviationFromTheory: ran.ended === 'diverged' ? Infinity : deviation(ran.residuals, start.residuals),
        deviationFromIsotropy: ran.ended === 'diverged' ? Infinity : deviation(ran.residuals, start.isotropic),
        peakLossRatio: Math.max(...traces.trainLoss) / traces.trainLoss[0]!,
        contractionPerStep: contraction(ran.residuals),
        stepsToLoss: reached < 0 ? NaN : reached,
        finalTrainAccuracy: trainAccuracy(ran, dataset.train.targets, dataset.outputs),
        ...testMetrics(engine, network, held),
        learningRate: start.learningRate,
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

function ruleOf(params: Params): DescentRule {
  switch (params.approximation) {
    case 'gradient-descent':
      return gradientDescent();
    case 'layer-wise':
      return layerWise(couplingOf(params));
    default:
      return createRule(params.approximation);
  }
}

/** The isotropy constant of the rule; for gradient descent λ_max(Θ). */
function alphaOf(engine: LinalgEngine, at: Linearisation, params: Params): number {
  switch (params.approximation) {
    case 'gradient-descent':
      return 1 / fastestStableRate(engine, at);
    case 'layer-wise':
      return couplingResponse(engine, couplingOf(params)).alpha;
    default:
      return isotropyConstant(params.approximation, at.network.architecture, { samples: at.samples });
  }
}

/** Σ of the parameters; the declaration has refused what is no matrix. */
function couplingOf({ coupling }: Params): Coupling {
  return parseCoupling(coupling) ?? [];
}

/** The rate and the closed-form residuals that theory gives for the network at initialisation. */
function prediction(engine: LinalgEngine, network: Network, { inputs, targets }: SplitTensors, params: Params) {
  return engine.scope(() => {
    const at = linearise(engine, network, inputs);
    const residual0 = engine.read(engine.binary('subtract', at.outputs, targets));
    const { approximation, damping, steps } = params;
    const alpha = alphaOf(engine, at, params);
    const learningRate = params.learningRateScale / alpha;
    const isotropic = isotropicResiduals(residual0, { alpha, learningRate, steps });
    if (approximation !== 'gradient-descent' && damping === 0)
      return { alpha, learningRate, isotropic, residuals: isotropic };
    const pairs = { rows: at, columns: at };
    const coefficient =
      approximation === 'layer-wise'
        ? layerWiseCoefficient(engine, couplingOf(params), pairs, damping)
        : coefficientMatrix(engine, approximation, pairs, damping);
    const { residualsTrain } = linearisedTrajectory(engine, coefficient, residual0, { learningRate, steps });
    return { alpha, learningRate, isotropic, residuals: residualsTrain };
  });
}

/** max_t ‖g_t − theory_t‖/‖g_0‖; NaN where the theory predicts divergence, as near a pole of the damped metric. */
function deviation(measured: readonly Float64Array[], theory: readonly Float64Array[]): number {
  if (theory.some((residual) => isDivergent(residual, theory[0]!))) return NaN;
  return largestDistance(measured, theory);
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

function testMetrics(engine: LinalgEngine, network: Network, { inputs, targets, samples }: SplitTensors) {
  return engine.scope(() => {
    const f = outputs(engine, network, inputs);
    const residual = engine.read(engine.binary('subtract', f, targets));
    return {
      finalTestLoss: squaredLoss(residual, samples),
      finalTestAccuracy: accuracy(engine.read(f), engine.read(targets), targets.shape[1]!),
    };
  });
}
