import { z } from 'zod';
import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
import { formatNumber, formatSpread, maximum, spread } from './spread.ts';
import { wideNetworkParameters } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.omit({ classes: true, sampleOrder: true }).extend({
  dataset: z.enum(['gaussian']).default('gaussian').describe('training and test data'),
  inputDimension: wideNetworkParameters.shape.inputDimension.unwrap().default(40).describe('M_0 < N'),
  preprocessing: z.enum(['none', 'forster']).default('forster').describe('linear map of the inputs before training'),
  kfacBias: z
    .enum(['separate', 'augmented'])
    .default('separate')
    .describe(
      'biases, where there are any: a block of their own (S.123), or one more input of each layer, with [σ_w/√M_0 x; σ_b] as the ' +
        'inputs that are preprocessed (B.3.3)',
    ),
  learningRateScale: z
    .number()
    .positive()
    .max(100)
    .default(0.5)
    .describe('c in η = c/λ_max of the Θ̄ of theory, which is α where that is isotropic'),
  steps: z.int().min(1).max(100_000).default(15).describe('steps to take'),
});

const transformed = (measurements: readonly Measurement[], biases: 'none' | 'separate' | 'augmented') =>
  having(measurements, { preprocessing: 'forster' }).filter(
    ({ params }) => (params['biasVariance'] === 0 ? 'none' : params['kfacBias']) === biases,
  );

const leverage: Claim = {
  id: 'leverage-scores-without-forster',
  statement: 'For M_0 < N, Θ̄/N = (L − 1)I + I ⊙ X(XᵀX)⁻¹Xᵀ: K-FAC is not isotropic on raw inputs',
  source: 'Karakida & Osawa 2020, S.109',
  judge: (measurements) => {
    const relevant = having(measurements, { preprocessing: 'none', biasVariance: 0 });
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const off = relevant.map((m, i) => Math.abs(found[i]! / (metricOf(m, 'conditionTheory') ?? NaN) - 1));
    const holds = off.every((value) => value <= 0.001) && found.every((value) => value > 1.01);
    return verdict(found.length > 0 ? holds : undefined, {
      expected: 'condition number (L − 1 + max leverage)/(L − 1 + min leverage), above 1',
      measured: `${formatSpread(found)}, off by at most ${formatNumber(maximum(off))} of it`,
      threshold: 'within 0.1 % of that in every trial, and above 1.01',
      missing: 'no trial without preprocessing and biases',
    });
  },
};

const forsterIsotropic: Claim = {
  id: 'forster-isotropic',
  statement: 'After the Forster transformation K-FAC is isotropic with α = N(L − 1) + M_0',
  source: 'Karakida & Osawa 2020, S.111',
  judge: (measurements) => {
    const relevant = transformed(measurements, 'none');
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const ratios = relevant.map((m) => (metricOf(m, 'alpha') ?? NaN) / (metricOf(m, 'alphaTheory') ?? NaN));
    const holds = found.every((value) => value <= 1.001) && ratios.every((ratio) => Math.abs(ratio - 1) <= 0.001);
    return verdict(found.length > 0 ? holds : undefined, {
      expected: 'condition number 1, α = N(L − 1) + M_0',
      measured: `condition number ${formatSpread(found)}, α over theory ${formatSpread(ratios)}`,
      threshold: 'condition number ≤ 1.001 and α within 0.1 % in every trial',
      missing: 'no trial with the Forster transformation and without biases',
    });
  },
};

const forsterTraining: Claim = {
  id: 'forster-training',
  statement: 'After the Forster transformation training at η = c/α follows (1 − c)^t',
  source: 'Karakida & Osawa 2020, 4.3 and B.3.1',
  judge: (measurements) => {
    const relevant = atLargest(transformed(measurements, 'none'), 'width');
    const distances = relevant.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity);
    return verdict(distances.length > 0 ? spread(distances).mean <= 0.2 : undefined, {
      expected: '0 at infinite width',
      measured: `${formatSpread(distances)} at width ${relevant[0]?.params['width']}`,
      threshold: 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.2',
      missing: 'no trial with the Forster transformation and without biases',
    });
  },
};

/** The block of the output bias has rank 1: it moves the mean of the outputs only, so the claim may fail. */
const separateBiases: Claim = {
  id: 'separate-biases-isotropic',
  statement: 'With biases in a block of their own the Forster transformation serves K-FAC as usual: Θ̄ stays isotropic',
  source: 'Karakida & Osawa 2020, 4.3, S.123 and S.124',
  judge: (measurements) => {
    const relevant = transformed(measurements, 'separate');
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const off = relevant.map((m, i) => Math.abs(found[i]! / (metricOf(m, 'conditionTheory') ?? NaN) - 1));
    return verdict(found.length > 0 ? found.every((value) => value <= 1.001) : undefined, {
      expected: 'condition number 1',
      measured: formatSpread(found),
      threshold: 'condition number ≤ 1.001 in every trial',
      missing: 'no trial with the Forster transformation and biases',
      detail:
        'the block of the output bias in S.123 has B_LB_L⁺ = 11ᵀ/N, where S.124 prints 11ᵀ: Θ̄ has the eigenvalues ' +
        '2N(L − 1) + M_0 and, once, N more (N² more as printed); ' +
        `measured condition numbers are off the ratio of S.123 by at most ${formatNumber(maximum(off))} of it`,
    });
  },
};

const augmentedBiases: Claim = {
  id: 'augmented-inputs-isotropic',
  statement:
    'With [σ_w/√M_0 x; σ_b] as new inputs the Forster transformation makes K-FAC with biases isotropic, α = N(L − 1) + M_0 + 1',
  source: 'Karakida & Osawa 2020, B.3.3 and S.111',
  judge: (measurements) => {
    const relevant = transformed(measurements, 'augmented');
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const ratios = relevant.map((m) => {
      const [samples, depth, inputs] = ['samples', 'depth', 'inputDimension'].map((name) => Number(m.params[name]));
      return (metricOf(m, 'alpha') ?? NaN) / (samples! * (depth! - 1) + inputs! + 1);
    });
    const holds = found.every((value) => value <= 1.001) && ratios.every((ratio) => Math.abs(ratio - 1) <= 0.001);
    return verdict(found.length > 0 ? holds : undefined, {
      expected: 'condition number 1, α = N(L − 1) + M_0 + 1',
      measured: `condition number ${formatSpread(found)}, α over that ${formatSpread(ratios)}`,
      threshold: 'condition number ≤ 1.001 and α within 0.1 % in every trial',
      missing: 'no trial with the Forster transformation and kfacBias augmented',
    });
  },
};

/** K-FAC where M_0 < N, with and without the Forster transformation of the inputs. */
export const kfacForster: ExperimentDeclaration<typeof parameters> = {
  name: 'kfac-forster',
  version: 4,
  title: 'K-FAC with fewer input dimensions than samples',
  source: 'Karakida & Osawa 2020, 4.3 and B.3.1',
  parameters,
  structuralParameters: ['samples', 'inputDimension', 'depth', 'width', 'activation', 'preprocessing', 'precision'],
  metrics: {
    condition: { description: 'condition number of Θ̄ at initialisation, ρ = 0', unit: '1' },
    conditionTheory: {
      description:
        'of S.109, (L − 1 + max leverage)/(L − 1 + min leverage) of the inputs; with separate biases of S.123',
      unit: '1',
    },
    alpha: { description: 'mean diagonal entry of Θ̄', unit: '1' },
    alphaTheory: {
      description: 'N(L − 1) + M_0; with separate biases N(L − 1) + 1 more, with augmented ones 1 more',
      unit: '1',
    },
    solveCondition: {
      description:
        'largest condition number of the factors that the first step solved, over the directions that were kept; above size ' +
        '500 estimated from below by Lanczos iterations, where Cholesky solved them',
      unit: '1',
    },
    forsterIterations: { description: 'fixed-point iterations of the Forster transformation', unit: '1' },
    initialTrainLoss: { description: '‖f_0 − y‖²/(2N)', unit: '1' },
    finalTrainLoss: { description: 'the same after the last step', unit: '1' },
    deviationFromTheory: {
      description: 'max_t ‖g_t − (I − ηΘ̄)^t g_0‖/‖g_0‖ with Θ̄ of S.109; with separate biases of S.123',
      unit: '1',
    },
    deviationFromIsotropy: { description: 'max_t ‖g_t − (1 − ηα)^t g_0‖/‖g_0‖ with α of theory', unit: '1' },
    droppedDirections: { description: 'null directions left out by the first step', unit: '1' },
  },
  traces: {
    trainLoss: { description: 'training loss per step', unit: '1' },
    trainLossTheory: { description: 'of the residuals (I − ηΘ̄)^t g_0', unit: '1' },
  },
  claims: [leverage, forsterIsotropic, forsterTraining, separateBiases, augmentedBiases],
  figures: [
    {
      id: 'kfac-curves',
      kind: 'traces',
      title: 'Training loss of K-FAC: measured (circles) and theory (lines)',
      source: 'Karakida & Osawa 2020, B.3.1',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['width', 'biasVariance', 'kfacBias'],
      seriesBy: 'preprocessing',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
  ],
  refuse: ({ samples, inputDimension, kfacBias, biasVariance }) => {
    if (kfacBias === 'augmented' && biasVariance === 0) return 'kfacBias augmented needs biases: biasVariance is 0';
    if (kfacBias === 'augmented' && samples === inputDimension + 1)
      return `with the bias as an input there are M_0 + 1 = ${samples} inputs, as many as samples; kfac-forster studies fewer`;
    if (samples <= inputDimension)
      return `kfac-forster studies M_0 < N (Karakida & Osawa 2020, B.3.1); here M_0 = ${inputDimension} and samples = ${samples}`;
    return undefined;
  },
};
