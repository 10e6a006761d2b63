import type { Trial } from '@natsweep/sweep';
import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import {
  backoffMs,
  runnableTrials,
  trialsBeyondHelp,
  type BatchData,
  type TrialFailure,
  type UnderWay,
} from './batch-data.ts';
import { chargeLoss } from './batch-losses.ts';
import { queueName, queuePrefix } from './batch-queue.ts';
import { writeBatch } from './batch-write.ts';
import { maxReconnectDelayMs, type RedisConnection } from './connection.ts';
import { renewLock } from './lock-renewal.ts';
import { batchPayload, isPayload } from './payloads.ts';
import type { FailedDelivery } from './report-stream.ts';
import { readSummary } from './summaries.ts';

/** One delivery of a batch to a slot. */
export interface Delivery {
  readonly batchId: string;
  readonly batch: BatchData;
  /** What this delivery is to run: the trials that are neither finished nor beyond help. There may be none. */
  readonly trials: readonly Trial[];
  /** Whether they must run one by one: a delivery of the batch was lost, or they have failed before. */
  readonly oneByOne: boolean;
  /** 1 for the first delivery; lost deliveries and those handed back count. */
  readonly attempt: number;
  /** Whether another attempt follows should this one fail: only attempts that failed with a word count against `maxAttempts`. */
  readonly hasNext: boolean;
  /** What is to be reported of the delivery before this one, if it ended without a word: its worker or its connection died. */
  readonly loss: FailedDelivery | undefined;
  /**
   * To be awaited before a trial runs by itself, after what has finished was reported. `left`: all trials that have neither
   * finished nor been cancelled. If a delivery of the batch was lost before, this says in Redis who is under way now, so that
   * another loss is charged to that trial alone; else it does nothing. Throws `LockLostError`.
   */
  readonly begin: (underWay: UnderWay, left: readonly Trial[]) => Promise<void>;
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

/**
 * A batch that is lost more often is failed with all that it holds, so that it cannot take down one worker after the other. A
 * trial that was under way when its worker vanished runs behind all others: by then what is left is such trials.
 */
const maxLostDeliveries = 20;

/** How long a batch that came back waits while its sweep does not run; its scheduler withdraws it much sooner. */
const heldMs = 1000;

/**
 * Takes batches from the queue, one after the other, and settles each by what `run` makes of it. One that comes back, handed
 * back or lost by a worker, is not run while its sweep is paused or has ended. The connection is the one
 * on which `run` reports (`ReportSender`): Redis then sees the reports of a batch before the batch leaves the queue, and
 * nobody need wait for the answer. Its commands must wait out an outage (`onOutage: 'wait'`).
 */
export class BatchWorker {
  readonly #worker: Worker<BatchData>;
  readonly #leave: () => void;

  constructor(connection: RedisConnection, options: BatchWorkerOptions) {
    const lockDurationMs = options.lockDurationMs ?? 10_000;
    const toKey = (name: string) => this.#worker.toKey(name);
    const run = async (job: Job<BatchData>, jobToken?: string) => {
      const [id, token] = [job.id as string, jobToken as string];
      const lock = renewLock(connection, { id, token, delivery: job.attemptsStarted, toKey }, lockDurationMs);
      try {
        const held = { key: toKey(id), token };
        await deliver(job, {
          options,
          token,
          connection,
          signal: lock.lost,
          write: (data) => writeBatch(connection, held, data),
        });
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
    // when Redis is back every lock may have expired: no batch is taken for lost before its worker could renew it
    const sparedMs = maxReconnectDelayMs + lockDurationMs;
    const spare = () => void connection.set(toKey('stalled-check'), 'outage', 'PX', sparedMs).catch(() => {});
    // this one, and those of the locks
    connection.setMaxListeners(connection.getMaxListeners() + 1 + (options.concurrency ?? 1));
    connection.on('close', spare);
    this.#leave = () => connection.off('close', spare);
  }

  /** Begins to take batches; does not return before `close`. */
  async run(): Promise<void> {
    await this.#worker.run();
  }

  /** Takes no more batches and waits until the one in hand is settled. */
  async close(): Promise<void> {
    await this.#worker.close();
    this.#leave();
  }
}

interface DeliveryContext {
  readonly options: BatchWorkerOptions;
  readonly token: string | undefined;
  readonly connection: RedisConnection;
  readonly signal: AbortSignal;
  readonly write: (data: BatchData) => Promise<void>;
}

async function deliver(job: Job<BatchData>, context: DeliveryContext): Promise<void> {
  const { options, token, connection, signal, write } = context;
  const data: unknown = job.data;
  if (!isPayload(batchPayload, data)) throw new UnrecoverableError('not a batch of trials');
  // what no worker has taken yet is withdrawn as its sweep is paused
  if (job.attemptsStarted > 1 && (await isHeld(data.sweep, connection))) {
    await job.moveToDelayed(Date.now() + heldMs, token);
    throw new DelayedError();
  }
  const losses = job.stalledCounter;
  const loss = losses > (data.losses ?? 0) ? chargeLoss(data, job.attemptsStarted - 1) : undefined;
  const { underWay: _, ...batch } = { ...(loss?.batch ?? data), ...(losses > 0 && { losses }) };
  const outcome = await options.run({
    batchId: job.id as string,
    batch,
    trials: runnableTrials(batch),
    oneByOne: losses > 0 || Object.keys(batch.failures).length > 0,
    attempt: job.attemptsStarted,
    hasNext: job.attemptsMade + 1 < batch.maxAttempts,
    loss: loss?.report,
    begin: async (underWay, left) => {
      if (losses > 0) await write({ ...keep(batch, left), underWay });
    },
    signal,
  });
  const left = remaining(batch, outcome);
  if (left.trials.length === 0) return;
  await write(left);
  if (outcome.kind === 'handed-back') {
    await job.moveToWait(token);
    throw new WaitingError();
  }
  const reasons = [...new Set(Object.values(left.failures).map(({ failure }) => failure))].join(', ');
  throw runnableTrials(left).length === 0 ? new UnrecoverableError(reasons) : new Error(reasons);
}

/** Whether nothing of a sweep is to start, by what its scheduler has told of it last. */
async function isHeld(sweep: string, connection: RedisConnection): Promise<boolean> {
  const summary = await readSummary(connection, sweep);
  return summary !== undefined && summary.state !== 'running';
}

/** What a delivery leaves to do: trials handed back, trials that failed now, and those beyond help since before. */
function remaining(batch: BatchData, outcome: DeliveryOutcome): BatchData {
  if (outcome.kind === 'handed-back') return keep(batch, outcome.remaining);
  const failures = outcome.kind === 'failed' ? outcome.failures : {};
  const failed = batch.trials.filter(({ trialId }) => Object.hasOwn(failures, trialId));
  const left = keep(batch, failed);
  return { ...left, failures: { ...left.failures, ...failures } };
}

/** The batch with these trials and those beyond help, and why they failed before. */
function keep(batch: BatchData, trials: readonly Trial[]): BatchData {
  const kept = new Set([...trials.map(({ trialId }) => trialId), ...trialsBeyondHelp(batch)]);
  const left = batch.trials.filter(({ trialId }) => kept.has(trialId));
  const failures = left.flatMap(({ trialId }) => {
    const failure = batch.failures[trialId];
    return failure === undefined ? [] : [[trialId, failure] as const];
  });
  return { ...batch, trials: left, failures: Object.fromEntries(failures) };
}
