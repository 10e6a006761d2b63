import { queueName, queuePrefix } from './batch-queue.ts';
import type { RedisConnection } from './connection.ts';
import type { QueueStatus } from './messages.ts';

const key = (name: string) => `${queuePrefix}:${queueName}:${name}`;

/** The queue as the exporter shows it, read from BullMQ's keys over the caller's own connection. */
export async function readQueueStatus(connection: RedisConnection): Promise<QueueStatus> {
  const [waiting, prioritized, active, delayed, memory, oldestWaitingAtMs] = await Promise.all([
    connection.llen(key('wait')),
    connection.zcard(key('prioritized')),
    connection.llen(key('active')),
    connection.zcard(key('delayed')),
    connection.info('memory'),
    readOldestWaiting(connection),
  ]);
  const bytes = (field: string) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(memory)?.[1] ?? 0);
  return {
    waitingBatches: waiting + prioritized,
    activeBatches: active,
    delayedBatches: delayed,
    oldestWaitingAtMs,
    redisMemoryUsedBytes: bytes('used_memory'),
    redisMemoryLimitBytes: bytes('maxmemory') || bytes('total_system_memory'),
  };
}

/** Workers take from the tail of the waiting list, so the oldest batch is there. */
async function readOldestWaiting(connection: RedisConnection): Promise<number | null> {
  const batchId = await connection.lindex(key('wait'), -1);
  const addedAtMs = batchId && (await connection.hget(key(batchId), 'timestamp'));
  return addedAtMs ? Number(addedAtMs) : null;
}
