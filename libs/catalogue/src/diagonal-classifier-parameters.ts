import { z } from 'zod';
import { precision } from './precision.ts';

/** What every experiment on L-layer diagonal linear classifiers lets vary. */
export const diagonalClassifierParameters = z.strictObject({
  depth: z.int().min(1).max(8).default(1).describe('layers L of β = w_1 ⊙ … ⊙ w_L; 1 is the direct parametrisation'),
  method: z
    .enum(['egd', 'ngd', 'ngd-population', 'ngf'])
    .default('egd')
    .describe(
      'Euclidean or natural gradient descent; natural with the Fisher information of the population N(0, I) instead of ' +
        'the training inputs; natural gradient flow in closed form (N ≤ D)',
    ),
  naturalRule: z
    .enum(['joint', 'split'])
    .default('joint')
    .describe('how NGD shares a step among layers: least norm over all, or 1/L by each'),
  stepRule: z
    .enum(['curvature', 'loss-normalised', 'line-search', 'constant'])
    .default('curvature')
    .describe('step size of EGD: from the curvature of the log loss, or η over the loss, or searched, or η'),
  learningRate: z
    .number()
    .positive()
    .max(1e4)
    .default(0.5)
    .describe('η of NGD and of the EGD rules that take one; line-search starts there'),
  steps: z.int().min(1).max(10_000_000).default(500).describe('steps to take'),
  flowTime: z.number().positive().max(1e9).default(100).describe('time of natural gradient flow (method ngf)'),
  start: z
    .enum(['zero', 'gaussian', 'balanced'])
    .default('zero')
    .describe(
      'w_1 = 0 and the other layers equal to initialScale^{1/L}; or all layers N(0, initialScale^{2/L}); ' +
        'or all layers initialScale^{1/L}',
    ),
  initialScale: z.number().positive().max(100).default(0.1).describe('scale of the product of the layers at the start'),
  clip: z.number().positive().max(700).default(30).describe('largest −u in the natural step 1 + e^{−u} of a margin u'),
  precision,
});

type Params = z.infer<typeof diagonalClassifierParameters>;

/** Why a combination makes no sense, or undefined. */
export function diagonalClassifierRefusal(
  params: Params & { readonly samples: number; readonly dimension: number },
): string | undefined {
  if (params.method === 'ngd-population' && params.depth > 1)
    return 'ngd-population is implemented for the direct parametrisation: depth must be 1';
  if (params.method === 'ngf' && params.depth > 1)
    return 'natural gradient flow is the same for every depth (Theorem 4): ask for depth 1';
  if (params.method === 'ngf' && params.samples > params.dimension)
    return `natural gradient flow has a closed form for samples ≤ dimension only, got ${params.samples} and ${params.dimension}`;
  return undefined;
}

/** Parameters that shape the computation of a batch, for `structuralParameters`. */
export const diagonalClassifierStructure = [
  'depth',
  'method',
  'naturalRule',
  'stepRule',
  'steps',
  'start',
  'clip',
  'flowTime',
  'precision',
] as const;
