import { z } from 'zod';
import type { ExperimentDeclaration } from './declaration.ts';

const parameters = z.strictObject({
  behaviour: z
    .enum(['finish', 'diverge', 'throw', 'crash', 'hang', 'spawn', 'exhaust-memory'])
    .default('finish')
    .describe('how the trial ends: two outcomes, five failures'),
  share: z
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('fraction of trials that behave so, chosen by point and seed; the others finish'),
  durationMs: z.number().min(0).max(3_600_000).default(0).describe('how long the trial takes, in milliseconds'),
  busy: z.boolean().default(false).describe('compute for that long instead of waiting'),
  point: z.int().min(0).max(1_000_000_000).default(0).describe('changes nothing: an axis of any length'),
  group: z.int().min(0).max(1000).default(0).describe('changes nothing: a structural parameter'),
  traceLength: z.int().min(0).max(100_000).default(0).describe('number of values in the trace `ramp`'),
});

/** Trials without numerics, to see that a stack works, what it does with each kind of failure, and what it costs. */
export const diagnostic: ExperimentDeclaration<typeof parameters> = {
  name: 'diagnostic',
  version: 1,
  title: 'Diagnostic: trials that finish, diverge, fail or wait as they are told',
  source: 'natsweep',
  parameters,
  structuralParameters: ['group'],
  metrics: { value: { description: 'a number in [0, 1) that point and seed determine', unit: '1' } },
  traces: { ramp: { description: '0, 1, 2, … up to traceLength', unit: '1' } },
  claims: [],
  figures: [],
};
