import type { ExperimentContract } from '../src/index.ts';
import { z } from 'zod';

/** An experiment that resembles the real ones, for tests that need a contract and no numerics. */
const parameters = z.object({
  depth: z.int().min(1).default(3),
  width: z.int().min(1).default(256),
  damping: z.number().nonnegative().default(0),
  approximation: z.enum(['gradient-descent', 'exact', 'block-diagonal', 'block-tridiagonal', 'kfac']).default('exact'),
  activation: z.enum(['relu', 'tanh', 'erf']).default('relu'),
  samples: z.int().min(2).default(100),
  bias: z.boolean().default(false),
  dataset: z.string().default('mnist-0-7'),
});

export const exampleExperiment: ExperimentContract<typeof parameters> = {
  name: 'wide-training',
  version: 1,
  parameters,
  structuralParameters: ['depth', 'width', 'approximation'],
  metrics: { trainLossFinal: {}, deviation: {} },
  refuse: ({ approximation, depth }) =>
    approximation === 'block-tridiagonal' && depth % 3 === 2
      ? 'block-tridiagonal is singular where depth mod 3 is 2 (Lemma 4.3)'
      : undefined,
};
