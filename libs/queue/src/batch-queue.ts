import type { Batch } from '@natsweep/sweep';
import { Queue } from 'bullmq';
import type { RedisAddress } from './address.ts';
import { batchId, longestBackoffMs, type BatchData, type FailedBatch } from './batch-data.ts';
import { connect, connectionOptions, type RedisConnection } from './connection.ts';
import { shortenExpiries } from './expiries.ts';
import { prefix } from './keys.ts';
import { longestLockMs } from './lock-renewal.ts';
import { batchPayload, readPayload } from './payloads.ts';

/** BullMQ's name and key prefix of the one queue of batches. */
export const queueName = 'batches';
export const queuePrefix = `${prefix}:bull`;

/** Largest number of jobs that one pipeline adds. */
const addChunk = 1000;

/** Every place a batch can be in. A completed batch is nowhere: its trials are in the observation stream by then. */
const places = ['wait', 'prioritized', 'active', 'delayed', 'failed'] as const;

/** The scheduler's side of the queue of batches. */
export class BatchQueue {
  readonly #queue: Queue<BatchData, void, 'batch'>;
  readonly #redis: RedisConnection;
  #delayedSinceMs: ReadonlyMap<string, number> = new Map();

  private constructor(queue: Queue<BatchData, void, 'batch'>, redis: RedisConnection) {
    this.#queue = queue;
    this.#redis = redis;
  }

  /** Throws `RedisUnavailableError` if Redis cannot be reached now; later outages are waited out. */
  static async open(address: RedisAddress): Promise<BatchQueue> {
    const redis = await connect(address, { onOutage: 'wait' });
    const queue = new Queue<BatchData, void, 'batch'>(queueName, {
      connection: connectionOptions(address),
      prefix: queuePrefix,
      streams: { events: { maxLen: 100 } },
    });
    // Reconnection is automatic, and a command that fails rejects at its caller.
    queue.on('error', () => {});
    return new BatchQueue(queue, redis);
  }

  /** Queues batches in order; one that is there already, in whatever state, is left as it is. Returns their ids. */
  async add(batches: readonly Batch[]): Promise<readonly string[]> {
    const ids = batches.map(batchId);
    for (let start = 0; start < batches.length; start += addChunk) {
      const jobs = batches.slice(start, start + addChunk).map((batch, i) => ({
        name: 'batch' as const,
        data: { ...batch, failures: {} },
        opts: {
          jobId: ids[start + i] as string,
          attempts: batch.maxAttempts,
          backoff: { type: 'bounded' },
          removeOnComplete: true,
          stackTraceLimit: 0,
        },
      }));
      await this.#queue.addBulk(jobs);
    }
    return ids;
  }

  /** Ids of all batches in the queue, read at one moment. */
  async ids(): Promise<ReadonlySet<string>> {
    return new Set(await this.#ids(places));
  }

  /** Number of batches that no worker has taken yet. */
  async waiting(): Promise<number> {
    return this.#queue.getJobCountByTypes('wait', 'prioritized');
  }

  /** The content of batches by id, without those that have left the queue meanwhile. */
  async read(ids: Iterable<string>): Promise<ReadonlyMap<string, BatchData>> {
    const found = await this.#readFields([...ids], ['data']);
    return new Map(
      found.flatMap(([id, [text]]) => {
        const data = readPayload(batchPayload, text as string);
        return data === undefined ? [] : [[id, data] as const];
      }),
    );
  }

  /**
   * Batches whose attempts are used up, each until `remove`. What holds no batch of trials is removed at once: trials that
   * it may have stood for are missing then, and are planned again.
   */
  async failed(): Promise<readonly FailedBatch[]> {
    const found = await this.#readFields(await this.#ids(['failed']), ['data', 'ats', 'finishedOn']);
    const batches: FailedBatch[] = [];
    for (const [batchId, [text, attempts, finishedOn]] of found) {
      const data = readPayload(batchPayload, text as string);
      if (data === undefined) await this.remove([batchId]);
      else batches.push({ batchId, data, attempts: Number(attempts), failedAtMs: Number(finishedOn) });
    }
    return batches;
  }

  /** Of these batches, those that no worker has ever taken. */
  async untaken(ids: Iterable<string>): Promise<readonly string[]> {
    const found = await this.#readFields([...ids], ['timestamp', 'ats']);
    return found.filter(([, [, attempts]]) => Number(attempts ?? 0) === 0).map(([id]) => id);
  }

  /**
   * Takes batches out of the queue that wait for a worker or for their next attempt; one that a worker holds, or whose
   * attempts are used up, stays. Returns the ids of those that are gone.
   */
  async withdraw(ids: Iterable<string>): Promise<readonly string[]> {
    const idle = new Set(await this.#ids(['wait', 'prioritized', 'delayed']));
    return this.remove([...ids].filter((id) => idle.has(id)));
  }

  /** Takes batches out of the queue. One that a worker holds stays; returns the ids of those that are gone. */
  async remove(ids: Iterable<string>): Promise<readonly string[]> {
    const removed = await Promise.all([...ids].map(async (id) => ((await this.#queue.remove(id)) === 1 ? id : null)));
    return removed.filter((id) => id !== null);
  }

  /**
   * Undoes what a clock that was set wrong, or right again, has left behind: attempts that are due hours from now, and locks
   * of hours. Call it every few seconds.
   */
  async outliveClocks(): Promise<void> {
    const nowMs = performance.now();
    const delayed = await this.#ids(['delayed']);
    this.#delayedSinceMs = new Map(delayed.map((id) => [id, this.#delayedSinceMs.get(id) ?? nowMs]));
    for (const [id, sinceMs] of this.#delayedSinceMs) {
      if (nowMs - sinceMs <= longestBackoffMs) continue;
      // another worker may have taken it meanwhile
      await (await this.#queue.getJob(id))?.promote().catch(() => {});
    }
    const locks = (await this.#ids(['active'])).map((id) => `${this.#queue.toKey(id)}:lock`);
    await shortenExpiries(this.#redis, [this.#queue.toKey('stalled-check'), ...locks], longestLockMs);
  }

  async close(): Promise<void> {
    await this.#queue.close();
    this.#redis.disconnect();
  }

  async #ids(states: readonly (typeof places)[number][]): Promise<string[]> {
    return this.#queue.getRanges([...states], 0, -1, true);
  }

  async #readFields(ids: readonly string[], fields: readonly string[]) {
    if (ids.length === 0) return [];
    const pipeline = this.#redis.pipeline();
    for (const id of ids) pipeline.hmget(this.#queue.toKey(id), ...fields);
    const replies = (await pipeline.exec()) ?? [];
    return ids
      .map((id, i) => [id, (replies[i]?.[1] ?? []) as (string | null)[]] as const)
      .filter(([, values]) => typeof values[0] === 'string');
  }
}
