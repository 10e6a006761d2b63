import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Batch } from '@natsweep/sweep';
import { BatchQueue } from './batch-queue.ts';
import { readQueueStatus } from './queue-status.ts';
import { temporaryRedis } from './testing.ts';

function batch(index: number): Batch {
  const trial = { trialId: `t${index}`, index, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 0 };
  return { sweep: 'depth', trials: [trial], trialTimeoutSeconds: 1, maxAttempts: 1 };
}

test('the status counts waiting batches, dates the oldest and reads the memory of Redis', async (t) => {
  const temporary = await temporaryRedis(t);
  const redis = await temporary.connect();
  const empty = await readQueueStatus(redis);
  assert.deepEqual([empty.waitingBatches, empty.activeBatches, empty.delayedBatches], [0, 0, 0]);
  assert.equal(empty.oldestWaitingAtMs, null);
  assert.ok(empty.redisMemoryUsedBytes > 0 && empty.redisMemoryLimitBytes > empty.redisMemoryUsedBytes);

  const queue = await BatchQueue.open(temporary.address);
  t.after(() => queue.close());
  const beforeMs = Date.now();
  await queue.add([batch(1), batch(2)]);
  const afterMs = Date.now();
  while (Date.now() === afterMs);
  await queue.add([batch(3)]);
  const status = await readQueueStatus(redis);
  assert.equal(status.waitingBatches, 3);
  const oldest = status.oldestWaitingAtMs ?? 0;
  assert.ok(beforeMs <= oldest && oldest <= afterMs, `${beforeMs} <= ${oldest} <= ${afterMs}`);

  await redis.config('SET', 'maxmemory', '1gb');
  assert.equal((await readQueueStatus(redis)).redisMemoryLimitBytes, 2 ** 30);
});
