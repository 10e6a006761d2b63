import type { Trial } from '@natsweep/sweep';
import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { backoffMs, isRetryable, runnableTrials, type BatchData, type TrialFailure } from './batch-data.ts';
import { queueName, queuePrefix } from './batch-queue.ts';
import type { RedisConnection } from './connection.ts';
import { renewLock } from './lock-renewal.ts';
import { batchPayload, isPayload } from './payloads.ts';

/** One delivery of a batch to a slot. */
export interface Delivery {
  readonly batchId: string;
  readonly batch: BatchData;
  /** What this delivery is to run: the trials that are neither finished nor beyond help. */
  readonly trials: readonly Trial[];
  /** 1 for the first delivery; lost deliveries and those handed back count. */
  readonly attempt: number;
  /** Whether another attempt follows should this one fail: only attempts that failed with a word count against `maxAttempts`. */
  readonly hasNext: boolean;
  /** Whether the delivery before this one ended without a word: its worker or its connection died. */
  readonly lostBefore: boolean;
  /** Aborted when the lock is lost: another worker has the batch, or will have it. */
  readonly signal: AbortSignal;
}

/**
 * How a delivery ended. `finished`: every trial has been reported. `failed`: the trials in
 * `failures` failed, all others have finished. `handed-back`: those in `remaining` are for another worker, at no cost
 * in attempts.
 */
export type DeliveryOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'failed'; readonly failures: Readonly<Record<string, TrialFailure>> }
  | { readonly kind: 'handed-back'; readonly remaining: readonly Trial[] };

export interface BatchWorkerOptions {
  /** Name of the slot, for BullMQ's own records. */
  readonly slot: string;
  readonly run: (delivery: Delivery) => Promise<DeliveryOutcome>;
  readonly onError: (error: Error) => void;
  /** Batches at the same time. Default 1: a slot runs one trial process. */
  readonly concurrency?: number;
  /**
   * A worker that does not renew its lock for this long has lost the batch, which then goes to another one. The lock is
   * renewed by this process while a child computes. Default 10,000.
   */
  readonly lockDurationMs?: number;
}

/** A batch that is lost this often is failed, so that one that kills its worker cannot go round for ever. */
const maxLostDeliveries = 5;

/**
 * Takes batches from the queue, one after the other, and settles each by what `run` makes of it. The connection is the one
 * on which `run` reports (`ReportSender`): Redis then sees the reports of a batch before the batch leaves the queue, and
 * nobody need wait for the answer. Its commands must wait out an outage (`onOutage: 'wait'`).
 */
export class BatchWorker {
  readonly #worker: Worker<BatchData>;

  constructor(connection: RedisConnection, options: BatchWorkerOptions) {
    const lockDurationMs = options.lockDurationMs ?? 10_000;
    const run = async (job: Job<BatchData>, token?: string) => {
      const lock = renewLock(job, { token: token as string, durationMs: lockDurationMs });
      try {
        await deliver(job, { options, token, signal: lock.lost });
      } finally {
        lock.release();
      }
    };
    this.#worker = new Worker<BatchData>(queueName, run, {
      connection,
      prefix: queuePrefix,
      name: options.slot,
      concurrency: options.concurrency ?? 1,
      lockDuration: lockDurationMs,
      skipLockRenewal: true,
      stalledInterval: lockDurationMs / 2,
      maxStalledCount: maxLostDeliveries,
      runRetryDelay: 1000,
      settings: { backoffStrategy: backoffMs },
      autorun: false,
    });
    this.#worker.on('error', options.onError);
  }

  /** Begins to take batches; does not return before `close`. */
  async run(): Promise<void> {
    await this.#worker.run();
  }

  /** Takes no more batches and waits until the one in hand is settled. */
  async close(): Promise<void> {
    await this.#worker.close();
  }
}

interface DeliveryContext {
  readonly options: BatchWorkerOptions;
  readonly token: string | undefined;
  readonly signal: AbortSignal;
}

async function deliver(job: Job<BatchData>, { options, token, signal }: DeliveryContext): Promise<void> {
  const batch: unknown = job.data;
  if (!isPayload(batchPayload, batch)) throw new UnrecoverableError('not a batch of trials');
  const outcome = await options.run({
    batchId: job.id as string,
    batch,
    trials: runnableTrials(batch),
    attempt: job.attemptsStarted,
    hasNext: job.attemptsMade + 1 < batch.maxAttempts,
    lostBefore: job.stalledCounter > (batch.losses ?? 0),
    signal,
  });
  const left = remaining(batch, outcome);
  if (left.trials.length === 0) return;
  await job.updateData({ ...left, losses: job.stalledCounter });
  if (outcome.kind === 'handed-back') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  const reasons = [...new Set(Object.values(left.failures).map(({ failure }) => failure))].join(', ');
  throw runnableTrials(left).length === 0 ? new UnrecoverableError(reasons) : new Error(reasons);
}

/** What a delivery leaves to do: trials handed back, trials that failed now, and those beyond help since before. */
function remaining(batch: BatchData, outcome: DeliveryOutcome): BatchData {
  const failures = { ...beyondHelp(batch), ...(outcome.kind === 'failed' ? outcome.failures : {}) };
  const handedBack = outcome.kind === 'handed-back' ? outcome.remaining : [];
  const kept = new Set([...Object.keys(failures), ...handedBack.map(({ trialId }) => trialId)]);
  return { ...batch, failures, trials: batch.trials.filter(({ trialId }) => kept.has(trialId)) };
}

function beyondHelp({ failures }: BatchData): BatchData['failures'] {
  return Object.fromEntries(Object.entries(failures).filter(([, { failure }]) => !isRetryable(failure)));
}
