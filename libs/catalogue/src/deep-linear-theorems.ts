import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';
import { deepLinearTheoremsClaims } from './deep-linear-theorems-claims.ts';
import { precision } from './precision.ts';

const parameters = z.strictObject({
  theorem: z
    .enum(['invariance', 'logits', 'interpolant', 'margin-transform', 'ols-transform'])
    .default('logits')
    .describe(
      'NGD under an invertible map of the inputs (Theorems 1, 2); logits along the labels (3, 4); the direction of the ' +
        'pseudo-inverse (text after 3); the margin separator under a map (App. D); least squares under a map (App. G)',
    ),
  model: z
    .enum(['diagonal', 'network'])
    .default('diagonal')
    .describe('diagonal linear network of `depth` layers, or a tanh network of `depth` layers and `width` units'),
  depth: z.int().min(1).max(6).default(1).describe('layers L'),
  width: z.int().min(1).max(4096).default(32).describe('hidden units of the network'),
  samples: z.int().min(1).max(2000).default(10).describe('N'),
  dimension: z.int().min(1).max(2000).default(20).describe('D'),
  learningRate: z.number().positive().max(1).default(0.02).describe('η'),
  steps: z.int().min(1).max(1_000_000).default(1000).describe('steps; flow time is steps · η'),
  precision,
});

/** The statements of Kerekes et al. 2021 that are theorems, measured. */
export const deepLinearTheorems: ExperimentDeclaration<typeof parameters> = {
  name: 'deep-linear-theorems',
  version: 3,
  title: 'Theorems on natural gradient flow in linear and non-linear classifiers',
  source: 'Kerekes, Mészáros & Huszár 2021, Theorems 1 to 4, App. D and App. G',
  parameters,
  structuralParameters: ['theorem', 'model', 'depth', 'width', 'samples', 'dimension', 'steps', 'precision'],
  metrics: {
    deviation: {
      description: 'what the theorem says is 0: largest relative distance along the run, or of the two solutions',
      unit: '1',
    },
    egdDeviation: { description: 'the same for Euclidean gradient descent (invariance)', unit: '1' },
    logitSpread: {
      description:
        'standard deviation over mean of the margins at the end (logits); none where the mean is not positive',
      unit: '1',
    },
    interpolantCosine: { description: 'cos ∠(β, X⁺y) at the end (interpolant)', unit: '1' },
    sparseInterpolantCosine: { description: 'cosine with the interpolant of least ℓ1 norm (interpolant)', unit: '1' },
    printedDistance: {
      description: 'relative distance of the printed margin separator of App. D from the ℓ2 one (margin-transform)',
      unit: '1',
    },
    printedDistanceL1: { description: 'and from the ℓ1 one', unit: '1' },
  },
  traces: {
    meanMargin: { description: 'mean of y s at recorded steps (logits)', unit: '1' },
    meanMarginFlow: { description: 'the same under natural gradient flow in closed form', unit: '1' },
  },
  claims: deepLinearTheoremsClaims,
  figures: [
    {
      id: 'margins',
      kind: 'traces',
      title: 'Mean margin of NGD (circles) and of natural gradient flow (lines)',
      source: 'Kerekes et al. 2021, Theorems 3 and 4',
      measured: 'meanMargin',
      theory: 'meanMarginFlow',
      panelBy: ['model', 'samples'],
      seriesBy: 'depth',
      only: { theorem: 'logits' },
      xLabel: 'recorded step',
      yLabel: 'mean of y s',
      yScale: 'linear',
    },
    {
      id: 'drift-from-the-interpolant',
      kind: 'metric',
      title: 'Cosine of β with the least-norm interpolant of the labels',
      source: 'Kerekes et al. 2021, text after Theorem 3',
      x: 'depth',
      measured: 'interpolantCosine',
      panelBy: ['samples', 'dimension'],
      seriesBy: 'model',
      only: { theorem: 'interpolant' },
      xLabel: 'layers L',
      yLabel: 'cos ∠(β, X⁺y)',
      xScale: 'linear',
      yScale: 'linear',
    },
  ],
  refuse: ({ theorem, model, samples, dimension, depth }) => {
    if (theorem !== 'logits' && model === 'network') return `${theorem} is about linear models: model must be diagonal`;
    if ((theorem === 'invariance' || theorem === 'ols-transform') && depth > 1)
      return `${theorem} is about the direct parametrisation: depth must be 1`;
    if (theorem === 'logits' && model === 'diagonal' && samples > dimension)
      return `logits are free to follow the labels for samples ≤ dimension only, got ${samples} and ${dimension}`;
    if (theorem === 'interpolant' && samples >= dimension)
      return `there is an interpolant to find for samples < dimension only, got ${samples} and ${dimension}`;
    return undefined;
  },
};
