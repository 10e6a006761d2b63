import type { RedisConnection } from './connection.ts';
import { shortenExpiries } from './expiries.ts';
import { keys } from './keys.ts';
import type { WorkerStatus } from './messages.ts';
import { readPayload, workerPayload } from './payloads.ts';

/** A worker whose heartbeats stop for this long leaves the registry and counts as lost. */
export const workerExpiryMs = 15_000;

/** A lost worker is remembered for this long, or until it is back. */
export const lostWorkerMemoryMs = 60 * 60_000;

/** A worker with what only the registry knows of its heartbeat. Both times are by the clock of Redis. */
export interface WorkerEntry {
  readonly status: WorkerStatus;
  readonly heartbeatAgeMs: number;
  /** Positive: the clock of the worker is ahead. */
  readonly clockSkewMs: number;
}

export interface Fleet {
  /** Workers with a fresh heartbeat, by name. */
  readonly workers: readonly WorkerEntry[];
  /** Names of the workers that vanished without signing off. */
  readonly lost: readonly string[];
}

/** Announces a worker or renews its place; call it every few seconds and whenever a slot changes state. */
export async function heartbeat(connection: RedisConnection, status: WorkerStatus): Promise<void> {
  await connection
    .pipeline()
    .set(keys.worker(status.worker), JSON.stringify(status), 'PX', workerExpiryMs)
    .sadd(keys.workers, status.worker)
    .zrem(keys.lostWorkers, status.worker)
    .exec();
}

/** Takes a worker that ends in good order out of the registry at once. */
export async function signOff(connection: RedisConnection, worker: string): Promise<void> {
  await connection.pipeline().del(keys.worker(worker)).srem(keys.workers, worker).zrem(keys.lostWorkers, worker).exec();
}

/** The workers of the fleet, live and lost. Clocks of hosts need not agree. */
export async function readFleet(connection: RedisConnection): Promise<Fleet> {
  const nowMs = await redisTimeMs(connection);
  const names = await connection.smembers(keys.workers);
  const found = await Promise.all(names.map((name) => readWorker(connection, name, nowMs)));
  const gone = names.filter((_, i) => found[i] === undefined);
  const bookkeeping = connection.pipeline();
  for (const name of gone) bookkeeping.srem(keys.workers, name).zadd(keys.lostWorkers, String(nowMs), name);
  await bookkeeping.zremrangebyscore(keys.lostWorkers, 0, nowMs - lostWorkerMemoryMs).exec();
  return {
    workers: found
      .filter((entry) => entry !== undefined)
      .sort((a, b) => a.status.worker.localeCompare(b.status.worker)),
    lost: await connection.zrange(keys.lostWorkers, '0', '-1'),
  };
}

/**
 * Lets workers leave the registry whose heartbeats have stopped, also where a clock of Redis that was set back would keep them
 * there for as long. Call it every few seconds.
 */
export async function expireStrandedWorkers(connection: RedisConnection): Promise<void> {
  const names = await connection.smembers(keys.workers);
  if (names.length > 0) await shortenExpiries(connection, names.map(keys.worker), workerExpiryMs);
}

/** Workers with a fresh heartbeat, by name. */
export async function readWorkers(connection: RedisConnection): Promise<readonly WorkerStatus[]> {
  return (await readFleet(connection)).workers.map((entry) => entry.status);
}

async function readWorker(connection: RedisConnection, name: string, nowMs: number): Promise<WorkerEntry | undefined> {
  const [json, leftMs] = await Promise.all([connection.get(keys.worker(name)), connection.pttl(keys.worker(name))]);
  if (json === null || leftMs < 0) return undefined;
  const status = readPayload(workerPayload, json);
  if (status === undefined) return undefined;
  const heartbeatAgeMs = Math.max(0, workerExpiryMs - leftMs);
  return { status, heartbeatAgeMs, clockSkewMs: status.heartbeatAtMs - (nowMs - heartbeatAgeMs) };
}

async function redisTimeMs(connection: RedisConnection): Promise<number> {
  const [seconds, microseconds] = await connection.time();
  return Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
}
