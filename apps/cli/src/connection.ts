import { connect, resolveRedis, type RedisConnection } from '@natsweep/queue';
import { openResults, type ResultsStore } from '@natsweep/results';

import type { Environment } from './environment.ts';

/** Runs `use` with a connection to the Redis of this home and closes it. */
export async function withRedis<T>(
  { home, variables }: Environment,
  use: (redis: RedisConnection) => Promise<T>,
): Promise<T> {
  const redis = await connect(resolveRedis({ home, env: variables }));
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

/** Runs `use` with the results database and closes it. Needs no running stack. */
export async function withResults<T>(
  { databaseUrl }: Environment,
  use: (results: ResultsStore) => Promise<T>,
): Promise<T> {
  const results = await openResults(databaseUrl);
  try {
    return await use(results);
  } finally {
    await results.close();
  }
}
