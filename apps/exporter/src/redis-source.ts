import { connect, readFleet, readQueueStatus, readSummaries, resolveRedis } from '@natsweep/queue';
import type { RedisConnection } from '@natsweep/queue';

import type { Snapshot } from './snapshot.ts';

/** A scrape waits no longer than this for Redis; Prometheus' own limit is 10 s by default. */
const readTimeoutMs = 5000;

export interface RedisSource {
  read(): Promise<Snapshot>;
  close(): void;
}

/**
 * Reads snapshots from Redis over one connection. The address is looked up again whenever there is no connection, so
 * that a stack started or moved after the exporter is found.
 */
export function createRedisSource(home: string, env: NodeJS.ProcessEnv): RedisSource {
  let connection: Promise<RedisConnection> | undefined;
  const close = () => {
    connection?.then(
      (opened) => opened.disconnect(),
      () => {},
    );
    connection = undefined;
  };
  return {
    async read() {
      try {
        return await withTimeout(async () => {
          connection ??= connect(resolveRedis({ home, env }));
          return readSnapshot(await connection);
        });
      } catch (error) {
        close();
        throw error;
      }
    },
    close,
  };
}

async function readSnapshot(connection: RedisConnection): Promise<Snapshot> {
  const [sweeps, fleet, queue] = await Promise.all([
    readSummaries(connection),
    readFleet(connection),
    readQueueStatus(connection),
  ]);
  return { sweeps, workers: fleet.workers, lostWorkers: fleet.lost.length, queue };
}

async function withTimeout<T>(work: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Redis did not answer within ${readTimeoutMs} ms`)), readTimeoutMs);
  });
  try {
    return await Promise.race([work(), timeout]);
  } finally {
    clearTimeout(timer);
  }
}
