import { kfacForster as declaration } from '@natsweep/catalogue';
import { forsterTransform, gaussianDataset } from '@natsweep/datasets';
import type { Dataset, Split } from '@natsweep/datasets';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { createNetwork, freeNetwork, linearise } from '@natsweep/models';
import type { KfacForm, Layer, Network } from '@natsweep/models';
import { kfac } from '@natsweep/ngd';
import { isotropicResiduals, kfacCoefficient, linearisedTrajectory } from '@natsweep/theory';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { largestDistance, squaredLoss } from './squared-loss.ts';
import { train } from './training-run.ts';
import { orRefused, splitTensors, wideArchitecture } from './wide-network.ts';

type Params = z.infer<typeof declaration.parameters>;

const formOf = ({ kfacBias }: Params): KfacForm => ({ damping: 'factors', bias: kfacBias });

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
  const drawn = gaussianDataset({ ...params, seed });
  const isAugmented = params.kfacBias === 'augmented' && params.biasVariance > 0;
  const raw = isAugmented ? withBiasAsInput(drawn, params) : drawn;
  const { dataset, iterations } =
    params.preprocessing === 'forster'
      ? orRefused(() => forsterTransform(engine, raw))
      : { dataset: raw, iterations: 0 };
  const architecture = wideArchitecture({ ...params, classes: '0,1', sampleOrder: 'first' }, dataset);
  const [split, held] = [splitTensors(engine, dataset, dataset.train), splitTensors(engine, dataset, dataset.test)];
  const created = createNetwork(engine, architecture, seed);
  const network = isAugmented ? withoutFirstBias(engine, created) : created;
  const form = formOf(params);
  const theory = theoreticalCoefficient(engine, dataset, {
    depth: params.depth,
    hasBiasBlocks: params.biasVariance > 0 && !isAugmented,
  });
  try {
    const start = spectrum(engine, network, { inputs: split.inputs, form });
    const learningRate = params.learningRateScale / theory.largest;
    const { residuals, statistics, ended } = await train(engine, network, {
      ...split,
      heldInputs: held.inputs,
      rule: kfac(form),
      learningRate,
      damping: 0,
      steps: params.steps,
      signal: context.signal,
      onStep: (done) => context.progress(trialId, done, params.steps),
    });
    const pace = { learningRate, steps: params.steps };
    const isotropic = isotropicResiduals(residuals[0]!, { ...pace, alpha: theory.alpha });
    const { residualsTrain } = linearisedTrajectory(engine, theory.coefficient, residuals[0]!, pace);
    const deviation = (from: readonly Float64Array[]) =>
      ended === 'diverged' ? Infinity : largestDistance(residuals, from);
    const trainLoss = residuals.map((residual) => squaredLoss(residual, params.samples));
    return {
      trialId,
      outcome: ended === 'finished' ? 'step-limit' : ended,
      metrics: {
        ...start,
        conditionTheory: theory.condition,
        alphaTheory: theory.alpha,
        forsterIterations: iterations,
        initialTrainLoss: trainLoss[0]!,
        finalTrainLoss: trainLoss.at(-1)!,
        deviationFromTheory: deviation(residualsTrain),
        deviationFromIsotropy: deviation(isotropic),
        solveCondition: statistics.condition ?? NaN,
        droppedDirections: statistics.dropped,
      },
      traces: { trainLoss, trainLossTheory: residualsTrain.map((residual) => squaredLoss(residual, params.samples)) },
    };
  } finally {
    freeNetwork(engine, network);
    engine.free(theory.coefficient, split.inputs, split.targets, held.inputs, held.targets);
  }
}

/** [σ_w/√M_0 x; σ_b] in place of x (B.3.3). */
function withBiasAsInput(dataset: Dataset, { weightVariance, biasVariance }: Params): Dataset {
  const inputs = dataset.inputDimension;
  const augmented = (split: Split): Split => ({
    ...split,
    inputs: Float64Array.from({ length: split.samples * (inputs + 1) }, (_, i) => {
      const [n, j] = [Math.floor(i / (inputs + 1)), i % (inputs + 1)];
      return j < inputs ? Math.sqrt(weightVariance / inputs) * split.inputs[n * inputs + j]! : Math.sqrt(biasVariance);
    }),
  });
  return {
    ...dataset,
    inputDimension: inputs + 1,
    train: augmented(dataset.train),
    test: augmented(dataset.test),
  };
}

/** The network whose first layer has its bias among the inputs. Frees what it leaves out. */
function withoutFirstBias(engine: LinalgEngine, network: Network): Network {
  const [first, ...others] = network.layers as readonly [Layer, ...Layer[]];
  if (first.biases !== undefined) engine.free(first.biases);
  return { ...network, layers: [{ ...first, biases: undefined, biasGain: 0 }, ...others] };
}

function spectrum(
  engine: LinalgEngine,
  network: Network,
  { inputs, form }: { readonly inputs: Tensor; readonly form: KfacForm },
): { condition: number; alpha: number } {
  return engine.scope(() => {
    const at = linearise(engine, network, inputs);
    const theta = kfacCoefficient(engine, { rows: at, columns: at }, { damping: 0, form });
    const { condition, alpha } = spectrumOf(engine, theta);
    return { condition, alpha };
  });
}

/**
 * Θ̄ of S.109, N(L − 1) I + N diag(h) with the leverage scores h = diag X(XᵀX)⁻¹Xᵀ, and where biases have blocks N(L − 1) I + 11ᵀ
 * more: S.123 by its pseudo-inverse, which for the output layer has B_LB_L⁺ = 11ᵀ/N where S.124 has 11ᵀ. After the Forster
 * transformation h_n = M_0/N.
 */
function theoreticalCoefficient(
  engine: LinalgEngine,
  { train: { samples, inputs }, inputDimension }: Dataset,
  { depth, hasBiasBlocks }: { readonly depth: number; readonly hasBiasBlocks: boolean },
) {
  const coefficient = engine.scope(() => {
    const { q } = engine.qr(engine.tensor(inputs, [samples, inputDimension]));
    const scores = engine.reduce('sum', engine.unary('square', q), { axis: 1 });
    const hidden = samples * (depth - 1);
    const weights = engine.diag(engine.binary('add', hidden, engine.binary('multiply', samples, scores)));
    if (!hasBiasBlocks) return weights;
    const biases = engine.binary('add', engine.binary('multiply', hidden, engine.eye(samples)), 1);
    return engine.binary('add', weights, biases);
  });
  return { coefficient, ...spectrumOf(engine, coefficient) };
}

/** α is the mean diagonal entry. */
function spectrumOf(engine: LinalgEngine, theta: Tensor): { condition: number; alpha: number; largest: number } {
  return engine.scope(() => {
    const eigenvalues = engine.read(engine.eigh(theta).values);
    const diagonal = engine.read(engine.diagonal(theta));
    return {
      condition: eigenvalues.at(-1)! / eigenvalues[0]!,
      alpha: diagonal.reduce((sum, value) => sum + value, 0) / diagonal.length,
      largest: eigenvalues.at(-1)!,
    };
  });
}
