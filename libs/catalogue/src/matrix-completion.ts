import { z } from 'zod';
import { completionDescentClaims } from './completion-descent-claims.ts';
import { completionNaturalClaims } from './completion-natural-claims.ts';
import type { ExperimentDeclaration } from './declaration.ts';
import { precision } from './precision.ts';

const parameters = z.strictObject({
  size: z.int().min(2).max(500).default(30).describe('n, β is n × n'),
  rank: z.int().min(1).max(500).default(2).describe('rank r of the matrix to complete'),
  observations: z.int().min(1).max(250_000).default(450).describe('m, entries observed'),
  depth: z.int().min(1).max(8).default(2).describe('factors L of β = W_1 ⋯ W_L'),
  method: z.enum(['egd', 'ngd']).default('egd').describe('Euclidean or natural gradient descent'),
  naturalRule: z
    .enum(['min-norm', 'split'])
    .default('min-norm')
    .describe('NGD by the solution of least norm over all factors, or by 1/L of the step in each factor'),
  fisher: z
    .enum(['complete', 'observed'])
    .default('complete')
    .describe('entries that the Fisher information averages over: all, F = I, or those with data'),
  kroneckerSolver: z
    .enum(['qr', 'pinv'])
    .default('qr')
    .describe('how the split rule solves for a factor: QR decompositions or pseudo-inverses'),
  learningRate: z.number().positive().max(10).default(0.001).describe('η of GroupRMSprop (egd) or of NGD'),
  steps: z.int().min(1).max(10_000_000).default(10_000).describe('steps to take at most'),
  targetError: z.number().positive().max(1).default(1e-6).describe('mean squared training error at which to stop'),
  initialScale: z
    .number()
    .positive()
    .max(100)
    .default(0.001)
    .describe('factors are N(0, σ²) with σ = initialScale^{1/L}/√n'),
  collapsedFrom: z
    .int()
    .min(0)
    .max(12)
    .default(0)
    .describe('draw this many Gaussian factors at the start and multiply them into L; 0: as many as there are layers'),
  precision,
});

const againstObservations = {
  kind: 'metric',
  x: 'observations',
  seriesBy: 'depth',
  xLabel: 'observed entries m',
  xScale: 'linear',
  yScale: 'log',
} as const;

const euclidean = { panelBy: ['rank', 'collapsedFrom'], only: { method: 'egd' } } as const;

const errorOf = (measured: 'testError' | 'trainError', noun: string) => ({
  ...againstObservations,
  id: measured === 'testError' ? 'test-error' : 'training-error',
  title: `${noun} error of EGD against the number of observations`,
  source: 'Kerekes et al. 2021, Fig. 5',
  measured,
  yLabel: 'mean squared error',
});

/** Completion of a low-rank matrix by deep factorisations: Kerekes et al. 2021, Fig. 5. */
export const matrixCompletion: ExperimentDeclaration<typeof parameters> = {
  name: 'matrix-completion',
  version: 3,
  title: 'Matrix completion through deep matrix products by Euclidean and natural gradient descent',
  source: 'Kerekes, Mészáros & Huszár 2021, Fig. 5',
  parameters,
  computesTogether: true,
  structuralParameters: [
    'size',
    'depth',
    'method',
    'naturalRule',
    'fisher',
    'kroneckerSolver',
    'steps',
    'targetError',
    'precision',
  ],
  metrics: {
    testError: { description: 'mean squared error over all entries; those of β* have mean square 1', unit: '1' },
    trivialError: { description: 'that of observed entries met exactly and the others left at their start', unit: '1' },
    trainError: { description: 'mean squared error over observed entries', unit: '1' },
    effectiveRank: { description: 'exp of the entropy of the singular values of β', unit: '1' },
    effectiveRankStart: { description: 'the same of the start', unit: '1' },
    nuclearNorm: { description: 'sum of the singular values of β', unit: '1' },
    leastNuclearNorm: { description: 'least nuclear norm of any completion, to 1 %', unit: '1' },
    leastNuclearError: { description: 'mean squared error over all entries of that completion', unit: '1' },
    unobservedDrift: { description: 'root mean square move of unobserved entries from the start', unit: '1' },
    stepsTaken: { description: 'steps until the target error or the limit', unit: 'step' },
    solveResidual: {
      description: 'largest relative distance of the natural gradient’s first-order response from what was asked of it',
      unit: '1',
    },
  },
  traces: {
    step: { description: 'step of each recorded value', unit: 'step' },
    testError: { description: 'mean squared error over all entries', unit: '1' },
    trainError: { description: 'mean squared error over observed entries', unit: '1' },
    effectiveRank: { description: 'effective rank of β', unit: '1' },
  },
  claims: [...completionDescentClaims, ...completionNaturalClaims],
  figures: [
    {
      ...errorOf('testError', 'Test'),
      ...euclidean,
      title: 'Test error of EGD against the number of observations; line: completion of least nuclear norm',
      theory: 'leastNuclearError',
    },
    { ...errorOf('trainError', 'Training'), ...euclidean },
    {
      ...errorOf('testError', 'Test'),
      id: 'natural-test-error',
      title: 'Test error of NGD against the number of observations; line: the trivial completion',
      theory: 'trivialError',
      panelBy: ['rank', 'naturalRule', 'kroneckerSolver', 'fisher', 'learningRate'],
      only: { method: 'ngd' },
    },
    {
      ...againstObservations,
      ...euclidean,
      id: 'effective-rank',
      title: 'Effective rank against the number of observations',
      source: 'Kerekes et al. 2021, §2.2 (after Arora et al. 2019)',
      measured: 'effectiveRank',
      yLabel: 'effective rank',
    },
    {
      ...againstObservations,
      ...euclidean,
      id: 'nuclear-norm',
      title: 'Nuclear norm against the number of observations; line: the least of any completion',
      source: 'Kerekes et al. 2021, §2.2 (after Arora et al. 2019)',
      measured: 'nuclearNorm',
      theory: 'leastNuclearNorm',
      yLabel: 'nuclear norm',
    },
  ],
  refuse: ({ size, rank, observations, collapsedFrom, depth, method }) => {
    if (rank > size) return `rank ${rank} exceeds size ${size}`;
    if (observations > size * size) return `${observations} observations of ${size * size} entries`;
    if (collapsedFrom !== 0 && collapsedFrom < depth)
      return `collapsedFrom ${collapsedFrom} is less than depth ${depth}: there would be too few factors to multiply`;
    if (collapsedFrom !== 0 && method === 'ngd')
      return 'the collapsed start is a control for egd: set collapsedFrom to 0';
    return undefined;
  },
};
