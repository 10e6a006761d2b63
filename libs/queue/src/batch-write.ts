import type { BatchData } from './batch-data.ts';
import type { RedisConnection } from './connection.ts';
import { LockLostError } from './errors.ts';

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

/** Writes what a batch carries. Throws `LockLostError` if it is not held any more: it is another worker's to write then. */
export async function writeBatch(
  connection: RedisConnection,
  { key, token }: HeldBatch,
  data: BatchData,
): Promise<void> {
  const written = await connection.eval(writeIfHeld, 2, `${key}:lock`, key, token, JSON.stringify(data));
  if (written !== 1) throw new LockLostError('the lock of a batch is lost; what is left of it is for another worker');
}
