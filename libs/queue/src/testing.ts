import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { connect, type ConnectOptions, type RedisConnection } from './connection.ts';
import { startPrivateRedis, type PrivateRedis } from './private-redis.ts';

export interface TemporaryRedis {
  /** A natsweep home directory that resolves to this Redis. */
  readonly home: string;
  readonly server: PrivateRedis;
  readonly address: PrivateRedis['address'];
  /** A connection that is closed when the test ends. */
  connect(options?: ConnectOptions): Promise<RedisConnection>;
}

/** A private Redis for one test, stopped and removed when the test ends. */
export async function temporaryRedis(t: { after(cleanUp: () => Promise<void>): void }): Promise<TemporaryRedis> {
  const home = mkdtempSync(join(tmpdir(), 'natsweep-home-'));
  const server = await startPrivateRedis(join(home, 'redis'));
  const connections: RedisConnection[] = [];
  t.after(async () => {
    connections.forEach((connection) => connection.disconnect());
    await server.stop();
    rmSync(home, { recursive: true });
  });
  return {
    home,
    server,
    address: server.address,
    async connect(options) {
      const connection = await connect(server.address, options);
      connections.push(connection);
      return connection;
    },
  };
}

/** BullMQ's scripts by the SHA-1 under which Redis knows them, for tests that watch what passes between a process and Redis. */
export function bullScripts(): ReadonlyMap<string, string> {
  const require = createRequire(import.meta.url);
  const folder = join(dirname(require.resolve('bullmq')), 'scripts');
  const files = readdirSync(folder).filter((file) => /-\d+\.js$/.test(file));
  const scripts = files.flatMap((file) => Object.values(require(join(folder, file)) as Record<string, BullScript>));
  return new Map(scripts.map(({ name, content }) => [hash('sha1', content, 'hex'), name]));
}

interface BullScript {
  readonly name: string;
  readonly content: string;
}
