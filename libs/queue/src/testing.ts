import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RedisAddress } from './address.ts';
import { startPrivateRedis } from './private-redis.ts';

/** A private Redis for one test, stopped and removed when the test ends. */
export async function temporaryRedis(t: { after(cleanUp: () => Promise<void>): void }): Promise<RedisAddress> {
  const directory = mkdtempSync(join(tmpdir(), 'natsweep-redis-'));
  const server = await startPrivateRedis(directory);
  t.after(async () => {
    await server.stop();
    rmSync(directory, { recursive: true });
  });
  return server.address;
}
