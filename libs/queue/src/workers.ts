import type { RedisConnection } from './connection.ts';
import { keys } from './keys.ts';
import type { WorkerStatus } from './messages.ts';

/** A worker whose heartbeats stop for this long leaves the registry. */
export const workerExpiryMs = 15_000;

/** Announces a worker or renews its place; call it every few seconds and whenever a slot changes state. */
export async function heartbeat(connection: RedisConnection, status: WorkerStatus): Promise<void> {
  await connection
    .pipeline()
    .set(keys.worker(status.worker), JSON.stringify(status), 'PX', workerExpiryMs)
    .zadd(keys.workers, status.heartbeatAtMs, status.worker)
    .exec();
}

/** Takes a worker that ends in good order out of the registry at once. */
export async function signOff(connection: RedisConnection, worker: string): Promise<void> {
  await connection.pipeline().del(keys.worker(worker)).zrem(keys.workers, worker).exec();
}

/** Workers with a fresh heartbeat, by name. Expiry is by Redis's clock, so that clocks of hosts need not agree. */
export async function readWorkers(connection: RedisConnection): Promise<readonly WorkerStatus[]> {
  const names = await connection.zrange(keys.workers, 0, -1);
  if (names.length === 0) return [];
  const values = await connection.mget(names.map((name) => keys.worker(name)));
  const gone = names.filter((_, i) => values[i] === null);
  if (gone.length > 0) await connection.zrem(keys.workers, ...gone);
  return values
    .filter((value) => typeof value === 'string')
    .map((value) => JSON.parse(value) as WorkerStatus)
    .sort((a, b) => a.worker.localeCompare(b.worker));
}
