import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { connect, heartbeat, startPrivateRedis, writeSummaries } from '@natsweep/queue';
import type { PrivateRedis } from '@natsweep/queue';

import { exampleSweep, exampleWorker } from './example-snapshot.ts';
import { createRedisSource } from './redis-source.ts';

test('a source finds a Redis that starts after it, reads what is there, and finds it again after a restart', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'natsweep-exporter-'));
  const source = createRedisSource(home, {});
  const servers: PrivateRedis[] = [];
  t.after(async () => {
    source.close();
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(home, { recursive: true });
  });
  await assert.rejects(source.read(), { name: 'RedisUnavailableError' });

  const directory = join(home, 'redis');
  const first = await startPrivateRedis(directory);
  servers.push(first);
  const redis = await connect(first.address);
  await writeSummaries(redis, [exampleSweep()]);
  await heartbeat(redis, exampleWorker());
  redis.disconnect();
  const snapshot = await source.read();
  assert.deepEqual(snapshot.sweeps, [exampleSweep()]);
  assert.deepEqual(
    snapshot.workers.map((entry) => entry.status),
    [exampleWorker()],
  );

  await first.stop();
  await assert.rejects(source.read());
  servers.push(await startPrivateRedis(directory));
  assert.deepEqual((await source.read()).sweeps, [exampleSweep()]);
});
