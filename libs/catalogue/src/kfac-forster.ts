import { z } from 'zod';
import type { Claim, ExperimentDeclaration } from './declaration.ts';
import { atLargest, having, metricOf, verdict } from './judging.ts';
import { formatNumber, formatSpread, spread } from './spread.ts';
import { wideNetworkParameters } from './wide-network-parameters.ts';

const parameters = wideNetworkParameters.omit({ classes: true, sampleOrder: true }).extend({
  dataset: z.enum(['gaussian']).default('gaussian').describe('training and test data'),
  inputDimension: wideNetworkParameters.shape.inputDimension.unwrap().default(40).describe('M_0 < N'),
  preprocessing: z.enum(['none', 'forster']).default('forster').describe('linear map of the inputs before training'),
  learningRateScale: z.number().positive().max(100).default(0.5).describe('c in η = c/α, α = N(L − 1) + M_0'),
  steps: z.int().min(1).max(100_000).default(15).describe('steps to take'),
});

const leverage: Claim = {
  id: 'leverage-scores-without-forster',
  statement: 'For M_0 < N, Θ̄/N = (L − 1)I + I ⊙ X(XᵀX)⁻¹Xᵀ: K-FAC is not isotropic on raw inputs',
  source: 'Karakida & Osawa 2020, S.109',
  judge: (measurements) => {
    const relevant = having(measurements, { preprocessing: 'none' });
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const off = relevant.map((m, i) => Math.abs(found[i]! / (metricOf(m, 'conditionTheory') ?? NaN) - 1));
    const holds = off.every((value) => value <= 0.001) && found.every((value) => value > 1.01);
    return verdict(found.length > 0 ? holds : undefined, {
      expected: 'condition number (L − 1 + max leverage)/(L − 1 + min leverage), above 1',
      measured: `${formatSpread(found)}, off by at most ${formatNumber(Math.max(...off))} of it`,
      threshold: 'within 0.1 % of that in every trial, and above 1.01',
      missing: 'no trial without preprocessing',
    });
  },
};

const forsterIsotropic: Claim = {
  id: 'forster-isotropic',
  statement: 'After the Forster transformation K-FAC is isotropic with α = N(L − 1) + M_0',
  source: 'Karakida & Osawa 2020, S.111',
  judge: (measurements) => {
    const relevant = having(measurements, { preprocessing: 'forster' });
    const found = relevant.map((m) => metricOf(m, 'condition') ?? Infinity);
    const ratios = relevant.map((m) => (metricOf(m, 'alpha') ?? NaN) / (metricOf(m, 'alphaTheory') ?? NaN));
    const holds = found.every((value) => value <= 1.001) && ratios.every((ratio) => Math.abs(ratio - 1) <= 0.001);
    return verdict(found.length > 0 ? holds : undefined, {
      expected: 'condition number 1, α = N(L − 1) + M_0',
      measured: `condition number ${formatSpread(found)}, α over theory ${formatSpread(ratios)}`,
      threshold: 'condition number ≤ 1.001 and α within 0.1 % in every trial',
      missing: 'no trial with the Forster transformation',
    });
  },
};

const forsterTraining: Claim = {
  id: 'forster-training',
  statement: 'After the Forster transformation training at η = c/α follows (1 − c)^t',
  source: 'Karakida & Osawa 2020, 4.3 and B.3.1',
  judge: (measurements) => {
    const relevant = atLargest(having(measurements, { preprocessing: 'forster' }), 'width');
    const distances = relevant.map((m) => metricOf(m, 'deviationFromIsotropy') ?? Infinity);
    return verdict(distances.length > 0 ? spread(distances).mean <= 0.2 : undefined, {
      expected: '0 at infinite width',
      measured: `${formatSpread(distances)} at width ${relevant[0]?.params['width']}`,
      threshold: 'mean of max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖ at the widest network ≤ 0.2',
      missing: 'no trial with the Forster transformation',
    });
  },
};

/** K-FAC where M_0 < N, with and without the Forster transformation of the inputs. */
export const kfacForster: ExperimentDeclaration<typeof parameters> = {
  name: 'kfac-forster',
  version: 1,
  title: 'K-FAC with fewer input dimensions than samples',
  source: 'Karakida & Osawa 2020, 4.3 and B.3.1',
  parameters,
  structuralParameters: ['samples', 'inputDimension', 'depth', 'width', 'activation', 'preprocessing', 'precision'],
  metrics: {
    condition: { description: 'condition number of Θ̄ at initialisation (ρ = 1e-11)', unit: '1' },
    conditionTheory: { description: '(L − 1 + max leverage)/(L − 1 + min leverage) of the inputs', unit: '1' },
    alpha: { description: 'mean diagonal entry of Θ̄', unit: '1' },
    alphaTheory: { description: 'N(L − 1) + M_0', unit: '1' },
    forsterIterations: { description: 'fixed-point iterations of the Forster transformation', unit: '1' },
    initialTrainLoss: { description: '‖f_0 − y‖²/(2N)', unit: '1' },
    finalTrainLoss: { description: 'the same after the last step', unit: '1' },
    deviationFromIsotropy: { description: 'max_t ‖g_t − (1 − c)^t g_0‖/‖g_0‖', unit: '1' },
    droppedDirections: { description: 'null directions left out by the first step', unit: '1' },
  },
  traces: {
    trainLoss: { description: 'training loss per step', unit: '1' },
    trainLossTheory: { description: '(1 − c)^{2t} of the initial loss', unit: '1' },
  },
  claims: [leverage, forsterIsotropic, forsterTraining],
  figures: [
    {
      id: 'kfac-curves',
      kind: 'traces',
      title: 'Training loss of K-FAC: measured (circles) and isotropic (lines)',
      source: 'Karakida & Osawa 2020, B.3.1',
      measured: 'trainLoss',
      theory: 'trainLossTheory',
      panelBy: ['width'],
      seriesBy: 'preprocessing',
      xLabel: 'step',
      yLabel: 'training loss',
      yScale: 'log',
    },
  ],
  refuse: ({ samples, inputDimension, biasVariance }) => {
    if (samples <= inputDimension)
      return `kfac-forster studies M_0 < N (Karakida & Osawa 2020, B.3.1); here M_0 = ${inputDimension} and samples = ${samples}`;
    if (biasVariance > 0)
      return 'S.109 and S.111 count the inputs without a bias, which would be one more dimension of the first factor: biasVariance must be 0';
    return undefined;
  },
};
