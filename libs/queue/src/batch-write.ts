import { setTimeout as pause } from 'node:timers/promises';
import type { BatchData } from './batch-data.ts';
import type { RedisConnection } from './connection.ts';
import { LockLostError } from './errors.ts';
import { isRefusal, repeatAfterMs } from './refusal.ts';

/** KEYS: the lock of a job, the job. ARGV: token, data. */
const writeIfHeld = `
  if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
  redis.call('HSET', KEYS[2], 'data', ARGV[2])
  return 1
`;

/** A batch in Redis for as long as its lock is held. */
export interface HeldBatch {
  /** Redis key of its job. */
  readonly key: string;
  readonly token: string;
}

/**
 * Writes what a batch carries, when Redis has room for it: BullMQ would take a refusal for a failed attempt, and why the trials
 * failed would be lost. Throws `LockLostError` if the batch is not held any more: it is another worker's to write then.
 */
export async function writeBatch(
  connection: RedisConnection,
  { key, token }: HeldBatch,
  data: BatchData,
): Promise<void> {
  const content = JSON.stringify(data);
  for (;;) {
    try {
      const written = await connection.eval(writeIfHeld, 2, `${key}:lock`, key, token, content);
      if (written === 1) return;
      throw new LockLostError('the lock of a batch is lost; what is left of it is for another worker');
    } catch (error) {
      if (!isRefusal(error)) throw error;
    }
    await pause(repeatAfterMs);
  }
}
