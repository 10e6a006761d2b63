import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectOptions, type RedisConnection } from './connection.ts';
import { startPrivateRedis, type PrivateRedis } from './private-redis.ts';

export interface TemporaryRedis {
  readonly server: PrivateRedis;
  readonly address: PrivateRedis['address'];
  /** A connection that is closed when the test ends. */
  connect(options?: ConnectOptions): Promise<RedisConnection>;
}

/** A private Redis for one test, stopped and removed when the test ends. */
export async function temporaryRedis(t: { after(cleanUp: () => Promise<void>): void }): Promise<TemporaryRedis> {
  const directory = mkdtempSync(join(tmpdir(), 'natsweep-redis-'));
  const server = await startPrivateRedis(directory);
  const connections: RedisConnection[] = [];
  t.after(async () => {
    connections.forEach((connection) => connection.disconnect());
    await server.stop();
    rmSync(directory, { recursive: true });
  });
  return {
    server,
    address: server.address,
    async connect(options) {
      const connection = await connect(server.address, options);
      connections.push(connection);
      return connection;
    },
  };
}
