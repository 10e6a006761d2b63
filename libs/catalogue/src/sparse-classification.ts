import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import {
  diagonalClassifierParameters,
  diagonalClassifierRefusal,
  diagonalClassifierStructure,
} from './diagonal-classifier-parameters.ts';
import { sparseDepthClaims } from './sparse-depth-claims.ts';
import { sparseLimitClaims } from './sparse-limit-claims.ts';
import { sparseNaturalClaims } from './sparse-natural-claims.ts';

const parameters = diagonalClassifierParameters.extend({
  dimension: z.int().min(2).max(10_000).default(100).describe('D, inputs x ~ N(0, I_D)'),
  nonZero: z.int().min(1).max(10_000).default(5).describe('S: the first S components of β* are 1, the others 0'),
  samples: z.int().min(1).max(50_000).default(100).describe('N, training samples'),
});

/** Test accuracy of EGD by depth and of natural gradients on a sparse separator: Kerekes et al. 2021, Fig. 4 and Fig. 6. */
export const sparseClassification: ExperimentDeclaration<typeof parameters> = {
  name: 'sparse-classification',
  version: 3,
  title: 'Sparse separators: diagonal networks by Euclidean and natural gradient descent',
  source: 'Kerekes, Mészáros & Huszár 2021, Fig. 4 and Fig. 6',
  parameters,
  computesTogether: true,
  structuralParameters: ['dimension', 'samples', ...diagonalClassifierStructure],
  metrics: {
    accuracy: { description: 'exact accuracy on x ~ N(0, I), 1 − ∠(β, β*)/π', unit: '1' },
    accuracyChange: { description: 'change of the accuracy over the last half of the steps (not ngf)', unit: '1' },
    accuracyAtLoss: { description: 'accuracy where the mean loss first reaches 0.03, interpolated', unit: '1' },
    interpolantAccuracy: { description: 'the same for the least-squares solution X⁺y', unit: '1' },
    interpolantCosine: { description: 'cos ∠(β, X⁺y)', unit: '1' },
    trainAccuracy: { description: 'share of training data with a positive margin', unit: '1' },
    smallestMargin: { description: 'min_n y_n x_nᵀβ', unit: '1' },
    logitSpread: {
      description:
        'standard deviation over mean of the margins: 0 where logits are ∝ y; none where the mean is not positive',
      unit: '1',
    },
    logitRate: {
      description: 'mean growth of the margins per flow time η · step over the last half of NGD; 1 for the flow',
      unit: '1',
    },
    logitGrowthExponent: {
      description:
        'p of a growth as t^p of the mean margin late in NGD: 1 where logits grow linearly; none where not at all',
      unit: '1',
    },
    marginRatio: {
      description:
        'for EGD with L ≤ 2: ℓ_{2/L} margin over a bound on all such margins; 1 at the large-margin separator',
      unit: '1',
    },
    marginStationarity: {
      description: 'for EGD with L ≥ 3: cosine of the first-order condition of the ℓ_{2/L} margin on the support',
      unit: '1',
    },
    largeMarginCosine: {
      description:
        'for EGD with at most 100,000 input values: cosine with the ℓ_{2/L} large-margin separator, for L ≥ 3 with the ' +
        'local one that reweighted ℓ1 problems find below the end of the trial',
      unit: '1',
    },
    largeMarginAccuracy: { description: 'accuracy of that separator', unit: '1' },
    supportShare: { description: 'Σ_{i ≤ S} |β_i| / ‖β‖₁', unit: '1' },
    profileContrast: {
      description: 'mean of β on the S components over root mean square of the others; about 0 without structure',
      unit: '1',
    },
    rank: { description: 'smallest numerical rank of the trial’s natural gradient systems', unit: '1' },
  },
  traces: {
    step: { description: 'step of each recorded value', unit: 'step' },
    accuracy: { description: 'accuracy at recorded steps', unit: '1' },
    meanMargin: { description: 'mean of y_n s_n at recorded steps: how far logits have grown along y', unit: '1' },
    meanMarginFlow: { description: 'the same under natural gradient flow (N ≤ D), at time η · step', unit: '1' },
    marginDeviation: { description: 'standard deviation of y_n s_n at recorded steps', unit: '1' },
    coefficients: { description: 'β / max |β| at the end', unit: '1' },
    profile: { description: 'the S of them on the support, then evenly spaced others', unit: '1' },
    profileTarget: { description: 'the same of β*', unit: '1' },
  },
  claims: [...sparseDepthClaims, ...sparseLimitClaims, ...sparseNaturalClaims],
  figures: [
    {
      id: 'accuracy-against-samples',
      kind: 'metric',
      title: 'Test accuracy against the number of samples; line: least-squares solution',
      source: 'Kerekes et al. 2021, Fig. 4 (left) and Fig. 6',
      x: 'samples',
      measured: 'accuracy',
      theory: 'interpolantAccuracy',
      panelBy: ['dimension', 'nonZero', 'method'],
      seriesBy: 'depth',
      only: { start: 'zero' },
      xLabel: 'samples N',
      yLabel: 'accuracy',
      xScale: 'linear',
      yScale: 'linear',
    },
    {
      id: 'accuracy-from-gaussian-start',
      kind: 'metric',
      title: 'Test accuracy of EGD against depth from a small Gaussian start, by step rule',
      source: 'Kerekes et al. 2021, §3.1 and Fig. 6',
      x: 'depth',
      measured: 'accuracy',
      panelBy: ['dimension', 'nonZero', 'samples'],
      seriesBy: 'stepRule',
      only: { method: 'egd', start: 'gaussian' },
      xLabel: 'layers L',
      yLabel: 'accuracy',
      xScale: 'linear',
      yScale: 'linear',
    },
    {
      id: 'accuracy-against-sparsity',
      kind: 'metric',
      title: 'Test accuracy of EGD against the number of non-zero components',
      source: 'Kerekes et al. 2021, §3.1',
      x: 'nonZero',
      measured: 'accuracy',
      panelBy: ['dimension', 'depth'],
      seriesBy: 'samples',
      only: { method: 'egd', start: 'zero' },
      xLabel: 'non-zero components S',
      yLabel: 'accuracy',
      xScale: 'log',
      yScale: 'linear',
    },
    {
      id: 'logits-along-labels',
      kind: 'traces',
      title: 'Mean margin of NGD: measured (circles) and natural gradient flow (lines)',
      source: 'Kerekes et al. 2021, Fig. 4 (middle)',
      measured: 'meanMargin',
      theory: 'meanMarginFlow',
      panelBy: ['dimension', 'nonZero'],
      seriesBy: 'samples',
      only: { method: 'ngd', start: 'zero' },
      xLabel: 'recorded step',
      yLabel: 'mean of y s',
      yScale: 'linear',
    },
    {
      id: 'coefficients',
      kind: 'traces',
      title: 'Coefficients β / max |β| (circles) and β* (lines), with the most samples',
      source: 'Kerekes et al. 2021, Fig. 4 (right)',
      measured: 'profile',
      theory: 'profileTarget',
      panelBy: ['method', 'nonZero'],
      seriesBy: 'depth',
      only: { start: 'zero' },
      atLargest: ['samples'],
      xLabel: 'the components of the support, then some of the others',
      yLabel: 'β / max |β|',
      yScale: 'linear',
    },
  ],
  refuse: (params) =>
    params.nonZero > params.dimension
      ? `nonZero ${params.nonZero} exceeds dimension ${params.dimension}`
      : diagonalClassifierRefusal(params),
};
