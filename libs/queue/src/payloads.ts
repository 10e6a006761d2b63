import {
  failures,
  maxSpecLength,
  maxValueLength,
  type Batch,
  type Measured,
  type Outcome,
  type ParameterValue,
} from '@natsweep/sweep';
import { z } from 'zod';
import type { BatchData } from './batch-data.ts';
import type { Cancelled } from './cancelled.ts';
import type { Command, CommandReply, Facts, SweepSummary, WorkerStatus } from './messages.ts';
import type { OwnPart, SharedPart } from './observation-parts.ts';
import type { FailedDelivery } from './report-stream.ts';
import type { Stall } from './stall.ts';
import type { SlotsRequest } from './worker-slots.ts';

/**
 * What may stand in Redis. Others may write there too: nothing that comes from it is used before it has passed one of these
 * schemas. Lengths are bounded by what natsweep itself writes.
 */
const name = z.string().min(1).max(200);
const text = z.string().max(100_000);
const spec = z.string().max(maxSpecLength);
const count = z.int().min(0);

/** An object of values that are all alike; many times faster than `z.record`, and every observation holds three of these. */
function recordOf<Value>(holds: (value: unknown) => value is Value) {
  return z.custom<Readonly<Record<string, Value>>>(isRecordOf(holds));
}

function isRecordOf(holds: (value: unknown) => boolean): (given: unknown) => boolean {
  return (given) => {
    if (typeof given !== 'object' || given === null || Array.isArray(given)) return false;
    for (const key in given) if (key.length > 1000 || !holds((given as Record<string, unknown>)[key])) return false;
    return true;
  };
}

const isMeasured = (value: unknown): value is Measured => value === null || typeof value === 'number';
const isTrace = (value: unknown): value is readonly Measured[] => Array.isArray(value) && value.every(isMeasured);
const isShortText = (value: unknown): value is string => typeof value === 'string' && value.length <= 1000;
const isParameter = (value: unknown): value is ParameterValue =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= maxValueLength);
const isFact = (value: unknown): value is Facts[string] =>
  value === null || typeof value === 'number' || isShortText(value);
const isName = (value: unknown): value is string =>
  typeof value === 'string' && value.length >= 1 && value.length <= 200;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const parameters = recordOf(isParameter);
const counts = recordOf(isCount);
const failure = z.enum(failures);

const gpuReading = z.number().nullable();

const place = z.object({
  attempt: count,
  worker: name,
  slot: name,
  gpu: z
    .object({ name: text, utilization: gpuReading, memoryUsedBytes: gpuReading, memoryTotalBytes: gpuReading })
    .exactOptional(),
});

const measured = z.object({
  startedAtMs: z.number(),
  elapsedSeconds: z.number().min(0),
  peakMemoryBytes: z.number().min(0).exactOptional(),
});

const attempt = z.object({ ...place.shape, ...measured.shape });

const trialFailure = z.object({
  failure,
  message: text,
  logTail: text,
  attempt,
  slotMemoryBytes: z.number().exactOptional(),
  isFinal: z.literal(true).exactOptional(),
});

export const sharedPayload: z.ZodType<SharedPart> = z.object({
  sweep: name,
  attempt: place,
  engine: z.object({
    engine: z.enum(['openblas', 'tfjs', 'reference']),
    device: text,
    precision: z.enum(['float64', 'float32']),
    threads: count,
    versions: recordOf(isShortText),
  }),
});

const outcomes: ReadonlySet<unknown> = new Set<Outcome>(['converged', 'diverged', 'step-limit', 'stopped']);
const areParameters = isRecordOf(isParameter);
const areMetrics = isRecordOf(isMeasured);
const areTraces = isRecordOf(isTrace);
const isAmount = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0;

/** By hand: as an object of zod's, which copies what it reads, it took a tenth of the time in which a report is recorded. */
const observation = z.custom<OwnPart>((given) => {
  const { trialId, index, params, seed, attempt, outcome, metrics, traces } = given as Record<keyof OwnPart, unknown>;
  return (
    isName(trialId) &&
    isCount(index) &&
    areParameters(params) &&
    Number.isSafeInteger(seed) &&
    isMeasurement(attempt) &&
    outcomes.has(outcome) &&
    areMetrics(metrics) &&
    areTraces(traces)
  );
});

function isMeasurement(given: unknown): boolean {
  if (typeof given !== 'object' || given === null) return false;
  const { startedAtMs, elapsedSeconds, peakMemoryBytes = 0 } = given as Record<keyof OwnPart['attempt'], unknown>;
  return Number.isFinite(startedAtMs) && isAmount(elapsedSeconds) && isAmount(peakMemoryBytes);
}

const failedDelivery = z.object({
  kind: z.literal('failed-delivery'),
  sweep: name,
  again: z.boolean(),
  attempts: z.array(trialFailure.extend({ trialId: name })),
});

export const reportPayload = byKind<OwnPart | FailedDelivery>({ observation, 'failed-delivery': failedDelivery });

const trial = z.object({
  trialId: name,
  index: count,
  experiment: name,
  experimentVersion: z.int(),
  params: parameters,
  seed: z.int(),
});

const batch = z.object({
  sweep: name,
  trials: z.array(trial).min(1),
  trialTimeoutSeconds: z.number().positive(),
  maxAttempts: z.int().min(1),
}) satisfies z.ZodType<Batch>;

export const batchPayload: z.ZodType<BatchData> = batch.extend({
  failures: z.record(name, trialFailure),
  losses: count.exactOptional(),
  underWay: z.object({ trialId: name, attempt }).exactOptional(),
  lossesOf: counts.exactOptional(),
});

export const cancelledPayload: z.ZodType<Cancelled> = z.object({
  sweep: name,
  trialIds: z.array(name).exactOptional(),
});

export const stallPayload: z.ZodType<Stall> = z.object({ message: text, sinceMs: z.number() });

const commandId = name;
const sweep = name;

const stateChange = z.object({ kind: z.enum(['pause', 'resume', 'cancel']), commandId, sweep });

export const commandPayload = byKind<Command>({
  submit: z.object({ kind: z.literal('submit'), commandId, spec }),
  pause: stateChange,
  resume: stateChange,
  cancel: stateChange,
  'cancel-trials': z.object({ kind: z.literal('cancel-trials'), commandId, sweep, indices: z.array(count) }),
  retry: z.object({
    kind: z.literal('retry'),
    commandId,
    sweep,
    failure: failure.exactOptional(),
    where: parameters.exactOptional(),
    filter: text.exactOptional(),
    trialIds: z.array(name).exactOptional(),
  }),
  apply: z.object({ kind: z.literal('apply'), commandId, spec }),
  share: z.object({
    kind: z.literal('share'),
    commandId,
    sweep,
    priority: z.int().min(0).exactOptional(),
    weight: z.number().exactOptional(),
    slots: z.int().min(1).nullable().exactOptional(),
  }),
});

/** What can be said of a command that is none of these kinds, or not as this natsweep writes them. */
export const commandHeader: z.ZodType<Pick<Command, 'commandId'> & { readonly kind: string }> = z.object({
  kind: name,
  commandId,
});

export const replyPayload: z.ZodType<CommandReply> = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), message: text, facts: recordOf(isFact) }),
  z.object({ ok: z.literal(false), message: text }),
]);

const durations = z.object({
  counts: z.array(count),
  sumSeconds: z.number(),
  latest: z.array(z.object({ trialId: name, seconds: z.number(), atMs: z.number() }).nullable()),
});

export const summaryPayload: z.ZodType<SweepSummary> = z.object({
  name,
  experiment: name,
  state: z.enum(['running', 'paused', 'cancelled', 'completed']),
  stateReason: text.nullable(),
  share: z.object({ priority: count, weight: z.number(), slots: count.nullable() }),
  planned: count,
  admitted: count,
  observed: count,
  failed: count,
  byOutcome: counts,
  byFailure: counts,
  byApproximation: z.record(z.string().max(1000), z.object({ byOutcome: counts, durations })),
  retriesByFailure: counts,
  duplicatesSuppressed: count,
  trialsPerSecond: z.number(),
  etaSeconds: z.number().nullable(),
  objective: z
    .object({
      metric: name,
      goal: z.enum(['minimize', 'maximize']),
      best: z.number(),
      trialId: name,
      improvedAtMs: z.number(),
    })
    .nullable(),
  createdAtMs: z.number(),
  updatedAtMs: z.number(),
});

export const slotsRequestPayload: z.ZodType<SlotsRequest> = z.object({ commandId, slots: z.int().min(1) });

/** Who holds the scheduler's lease. */
export interface Holder {
  readonly id: string;
  /** Where its process id is one: see `processSpace`. */
  readonly space: string;
  readonly pid: number;
}

export const holderPayload: z.ZodType<Holder> = z.object({ id: name, space: name, pid: z.int().positive() });

export const workerPayload: z.ZodType<WorkerStatus> = z.object({
  worker: name,
  host: name,
  pid: z.int(),
  version: name,
  startedAtMs: z.number(),
  heartbeatAtMs: z.number(),
  metricsAddress: z.string().max(300).nullable(),
  missingData: z.record(name, text).exactOptional(),
  slots: z.array(
    z.object({
      slot: name,
      engine: name,
      device: text,
      state: z.enum(['idle', 'busy']),
      trialId: name.nullable(),
      trialsFinished: count,
      stepsFinished: count,
      memoryLimitBytes: z.number(),
      gpuUtilization: gpuReading,
      gpuMemoryUsedBytes: gpuReading,
      gpuMemoryTotalBytes: gpuReading,
    }),
  ),
});

/** One of several schemas, by the field `kind`; the compiler sees to it that each kind has one. */
function byKind<Payload extends { readonly kind: string }>(
  schemas: Readonly<Record<Payload['kind'], z.ZodType<Payload>>>,
): z.ZodType<Payload> {
  const known: ReadonlyMap<unknown, z.ZodType> = new Map(Object.entries(schemas));
  return z.custom<Payload>((given) => known.get((given as Payload | null)?.kind)?.safeParse(given).success === true);
}

/** The payload in a text, or undefined if there is none in it. */
export function readPayload<Payload>(schema: z.ZodType<Payload>, text: string): Payload | undefined {
  try {
    const given: unknown = JSON.parse(text);
    return isPayload(schema, given) ? given : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether a value is a payload. What else it holds, perhaps from a newer natsweep, is left in it. */
export function isPayload<Payload>(schema: z.ZodType<Payload>, given: unknown): given is Payload {
  return schema.safeParse(given).success;
}
