import { z } from 'zod';
import { formatPath } from './problem.ts';
import { maxSpecLength, type SweepSpec } from './spec.ts';
import { longestTrialSeconds, maxClauses, maxValueLength } from './sweep-file.ts';

const word = z.string().min(1).max(200);
const value = z.union([z.number(), z.string().max(maxValueLength), z.boolean()]);
const when = z.string().max(1000).exactOptional();

const axis = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('discrete'), parameter: word, when, values: z.array(value).min(1) }),
  z.object({
    kind: z.literal('continuous'),
    parameter: word,
    when,
    min: z.number(),
    max: z.number(),
    scale: z.enum(['linear', 'log']),
    integer: z.boolean(),
  }),
]);

const spec: z.ZodType<SweepSpec> = z.object({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9._-]*$/),
  description: z.string().max(2000),
  experiment: word,
  experimentVersion: z.int(),
  size: z.enum(['smallest', 'small', 'paper']),
  axes: z.array(axis).max(1000),
  zip: z.array(z.array(word).max(100)).max(maxClauses),
  fixed: z.record(word, value),
  where: z.array(z.string().max(1000)).max(maxClauses),
  repeats: z.int().min(1),
  seed: z.int().min(0),
  order: z.enum(['grid', 'shuffled']),
  search: z.union([
    z.object({ kind: z.literal('grid') }),
    z.object({ kind: z.enum(['random', 'sobol']), points: z.int().min(1) }),
  ]),
  objective: z.object({ metric: word, goal: z.enum(['minimize', 'maximize']) }).nullable(),
  limits: z.object({
    maxAttempts: z.int().min(1).max(100),
    trialTimeoutSeconds: z.number().positive().max(longestTrialSeconds),
    pauseAfterFailures: z.int().min(1),
  }),
  priority: z.int().min(0).max(100),
  weight: z.number().positive().max(1000),
  slots: z.int().min(1).exactOptional(),
  reuse: z.boolean(),
});

/** A text that is no sweep spec; the message says at which place. */
export class SweepSpecError extends Error {
  override readonly name = 'SweepSpecError';
}

/**
 * A sweep spec as it travels, back from JSON. It has passed `parseSweepSpec` where it was made, but perhaps not in this
 * natsweep, and whoever reaches the queue may have written it.
 * @throws SweepSpecError
 */
export function readSweepSpec(text: string): SweepSpec {
  if (text.length > maxSpecLength) {
    throw new SweepSpecError(
      `This is no sweep spec: it has ${text.length} characters, and at most ${maxSpecLength} are possible.`,
    );
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new SweepSpecError('This is no sweep spec: it is not JSON.', { cause: error });
  }
  const read = spec.safeParse(json);
  if (read.success) return read.data;
  const [{ path, message }] = read.error.issues as [z.core.$ZodIssue];
  const place = formatPath(path.filter((key) => typeof key !== 'symbol'));
  throw new SweepSpecError(`This is no sweep spec: ${place === '' ? '' : `${place}: `}${message}.`, {
    cause: read.error,
  });
}
