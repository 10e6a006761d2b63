import { z } from 'zod';

/** Characters of a parameter's value. */
export const maxValueLength = 10_000;

/** A month: beyond it there is no telling a slow trial from one that hangs. */
export const longestTrialSeconds = 30 * 86_400;

/** Conditions, and groups of zipped axes, of a sweep. */
export const maxClauses = 100;

/** Characters of a name that a sweep file only refers to. */
const reference = z.string().max(200);
const scalar = z.union([z.number(), z.string().max(maxValueLength), z.boolean()]);
const count = z.int().min(1);
const expression = z.string().min(1);
const conditions = z.union([expression, z.array(expression).min(1).max(maxClauses)]);

const when = expression
  .optional()
  .describe('The axis is present only where this holds; elsewhere the parameter has its default.');

const axisForms = ['values', 'linspace', 'logspace', 'range', 'min'] as const;

const axisForm = z
  .strictObject({
    values: z.array(scalar).min(1).optional().describe('The values, in order.'),
    linspace: z
      .tuple([z.number(), z.number(), z.int().min(2).max(100_000)])
      .optional()
      .describe('[first, last, count]: evenly spaced, both ends included, 12 significant digits.'),
    logspace: z
      .tuple([z.number().positive(), z.number().positive(), z.int().min(2).max(100_000)])
      .optional()
      .describe('[first, last, count]: evenly spaced on a log scale, both ends included, 12 significant digits.'),
    range: z
      .strictObject({ from: z.number(), to: z.number(), step: z.number().positive().optional() })
      .optional()
      .describe('from, from + step, … up to and including to; step is 1 unless given.'),
    min: z.number().optional().describe('With max: a continuous range, for search random and sobol.'),
    max: z.number().optional(),
    scale: z.enum(['linear', 'log']).optional().describe('How a continuous range is drawn from; linear by default.'),
    when,
  })
  .refine((axis) => axisForms.filter((form) => axis[form] !== undefined).length === 1, {
    error: 'expected exactly one of values, linspace, logspace, range, or min with max',
  })
  .refine((axis) => (axis.min === undefined) === (axis.max === undefined), { error: 'min and max go together' })
  .refine((axis) => axis.scale === undefined || axis.min !== undefined, {
    error: 'scale goes with min and max only',
  })
  .refine((axis) => axis.min === undefined || axis.max === undefined || axis.min < axis.max, {
    error: 'min must be less than max',
  })
  .refine((axis) => axis.scale !== 'log' || axis.min === undefined || axis.min > 0, {
    error: 'a log scale needs a positive min',
  });

const axis = z.union([z.array(scalar).min(1), axisForm]);
const axes = z.record(z.string(), axis);
const fixed = z.record(z.string(), scalar);

const limits = z.strictObject({
  maxAttempts: z
    .int()
    .min(1)
    .max(100)
    .optional()
    .describe('Deliveries of a trial before it counts as failed. Default 3.'),
  trialTimeoutSeconds: z.number().positive().max(longestTrialSeconds).optional().describe('Default 600.'),
  pauseAfterFailures: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Pause when this many trials failed alike among the ten times as many that were recorded last; once resumed, for the same failure only among twice as many. Default 20.',
    ),
});

const sizeOverride = z.strictObject({
  axes: axes.optional(),
  fixed: fixed.optional(),
  repeats: count.optional(),
  trials: count.optional(),
  limits: limits.optional(),
});

/** A sweep file as it is written. `SweepSpec` is what it means. */
export const sweepFile = z
  .strictObject({
    name: z
      .string()
      .max(100)
      .regex(/^[a-z0-9][a-z0-9._-]*$/, {
        error: 'a name starts with a lower-case letter or digit and continues with those, dot, underscore or hyphen',
      })
      .describe('Names the sweep on the command line, in the database and in reports.'),
    description: z.string().max(2000).optional(),
    experiment: reference.describe('What a trial runs; see natsweep experiments.'),
    axes: axes.default({}).describe('The parameters that vary; their product is the grid.'),
    zip: z
      .array(z.array(reference).min(2).max(100))
      .max(maxClauses)
      .optional()
      .describe(
        'Groups of axes of equal length that advance together instead of forming a product. With a "when", each has the same one.',
      ),
    fixed: fixed.default({}).describe('The parameters that do not vary and differ from their defaults.'),
    where: conditions.optional().describe('Only grid points for which this holds, e.g. "depth > 3 || width >= 256".'),
    repeats: count.default(1).describe('Seeds per point: seed, seed + 1, …; the same ones at every point.'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 52)
      .default(0)
      .describe('The first seed; also seeds shuffling and random search.'),
    order: z.enum(['grid', 'shuffled']).default('grid').describe('The order in which a grid is worked through.'),
    search: z.enum(['grid', 'random', 'sobol']).default('grid'),
    trials: z
      .int()
      .min(1)
      .max(2 ** 20)
      .optional()
      .describe('Points to draw, for search random and sobol; times repeats.'),
    objective: z
      .strictObject({ metric: reference, goal: z.enum(['minimize', 'maximize']).default('minimize') })
      .optional(),
    limits: limits.default({}),
    priority: z.int().min(0).max(100).default(0).describe('Sweeps of higher priority are served first.'),
    weight: z.number().positive().max(1000).default(1).describe('Share of slots among sweeps of equal priority.'),
    slots: count.max(100_000).optional().describe('Most slots at the same time; as many as there are unless given.'),
    reuse: z.boolean().default(false).describe('Take observations of equal trials from other sweeps.'),
    sizes: z
      .strictObject({
        smallest: sizeOverride.optional(),
        small: sizeOverride.optional(),
        paper: sizeOverride.optional(),
      })
      .default({})
      .describe('What changes at other sizes; the file itself is small.'),
  })
  .describe('A natsweep sweep');

export type SweepFile = z.infer<typeof sweepFile>;
export type AxisEntry = z.infer<typeof axis>;
export type SweepSize = 'smallest' | 'small' | 'paper';

/** The JSON Schema of a sweep file, for editors. */
export function sweepJsonSchema(): object {
  return z.toJSONSchema(sweepFile, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema === axisForm) jsonSchema.oneOf = axisForms.map((form) => ({ required: [form] }));
    },
  });
}
