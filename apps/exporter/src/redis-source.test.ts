import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { connect, heartbeat, startPrivateRedis, writeSummaries } from '@natsweep/queue';

import { exampleSweep, exampleWorker } from './example-snapshot.ts';
import { createRedisSource } from './redis-source.ts';

test('a source finds a Redis that starts after it, reads what is there, and finds it again after a restart', async (t) => {
  const home = mkdtempSync(join(tmpdir(), 'natsweep-exporter-'));
  t.after(() => rmSync(home, { recursive: true }));
  const source = createRedisSource(home, {});
  t.after(() => source.close());
  await assert.rejects(source.read(), { name: 'RedisUnavailableError' });

  const directory = join(home, 'redis');
  const first = await startPrivateRedis(directory);
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
  const second = await startPrivateRedis(directory);
  t.after(() => second.stop());
  assert.deepEqual((await source.read()).sweeps, [exampleSweep()]);
});
