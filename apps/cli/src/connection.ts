import { existsSync } from 'node:fs';

import { connect, resolveRedis, type RedisConnection } from '@natsweep/queue';
import { openResults, type ResultsStore } from '@natsweep/results';

import { databaseFile, type Environment } from './environment.ts';
import { badInput } from './exit.ts';

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

/** Runs `use` with the results database and closes it. Needs no running stack. Never creates a database. */
export async function withResults<T>(environment: Environment, use: (results: ResultsStore) => Promise<T>): Promise<T> {
  if (!databaseExists(environment)) {
    throw badInput(`No sweep has been launched in ${environment.home}: name another home with NATSWEEP_HOME.`);
  }
  const results = await openResults(environment.databaseUrl);
  try {
    return await use(results);
  } finally {
    await results.close();
  }
}

/** False only for a database file that nothing has been written to yet; opening would create it. */
export function databaseExists(environment: Environment): boolean {
  const file = databaseFile(environment);
  return file === undefined || existsSync(file);
}
