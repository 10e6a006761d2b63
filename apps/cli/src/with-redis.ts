import { connect, resolveRedis, type RedisConnection } from '@natsweep/queue';

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
