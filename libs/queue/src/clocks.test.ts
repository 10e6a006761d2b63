import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import type { Batch } from '@natsweep/sweep';
import { longestBackoffMs } from './batch-data.ts';
import { BatchQueue, queueName, queuePrefix } from './batch-queue.ts';
import { BatchWorker, type BatchWorkerOptions, type Delivery, type DeliveryOutcome } from './batch-worker.ts';
import { longestLockMs } from './lock-renewal.ts';
import { temporaryRedis } from './testing.ts';

const hoursMs = 3 * 3_600_000;
const batch: Batch = {
  sweep: 's',
  trials: [{ trialId: 'a', index: 0, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 1 }],
  trialTimeoutSeconds: 60,
  maxAttempts: 2,
};
const attempt = { attempt: 1, worker: 'w', slot: 'cpu-0', startedAtMs: 0, elapsedSeconds: 1 };
const crash = { failure: 'crash', message: 'boom', logTail: '', attempt } as const;
const key = (name: string) => `${queuePrefix}:${queueName}:${name}`;

/** A queue with one batch in the hands of a worker, which ends it as it is told. */
async function start(t: TestContext, options: Pick<BatchWorkerOptions, 'lockDurationMs'> = {}) {
  const temporary = await temporaryRedis(t);
  const redis = await temporary.connect({ onOutage: 'wait' });
  const queue = await BatchQueue.open(temporary.address);
  t.after(() => queue.close());
  const delivered = Promise.withResolvers<Delivery>();
  const outcome = Promise.withResolvers<DeliveryOutcome>();
  const run = (delivery: Delivery) => (delivered.resolve(delivery), outcome.promise);
  const worker = new BatchWorker(redis, { slot: 'cpu-0', onError: () => {}, run, ...options });
  void worker.run();
  const [id] = (await queue.add([batch])) as [string];
  const delivery = await delivered.promise;
  const end = (settled: DeliveryOutcome) => (outcome.resolve(settled), worker.close());
  return { redis, queue, id, delivery, end };
}

test('an attempt that a clock has put off by hours is due after the longest backoff', async (t) => {
  const { redis, queue, id, end } = await start(t);
  await end({ kind: 'failed', failures: { a: crash } });
  await redis.zincrby(key('delayed'), hoursMs * 4096, id);
  await queue.outliveClocks();
  assert.equal(await queue.waiting(), 0);
  const nowMs = performance.now();
  t.mock.method(performance, 'now', () => nowMs + longestBackoffMs + 1000);
  await queue.outliveClocks();
  assert.equal(await queue.waiting(), 1);
});

test('a lock of hours, left behind by a clock of Redis that was set back, ends soon; others are left alone', async (t) => {
  const { redis, queue, id, end } = await start(t);
  const lock = key(`${id}:lock`);
  await redis.pexpire(lock, longestLockMs - 1000);
  await queue.outliveClocks();
  assert((await redis.pttl(lock)) > longestLockMs / 2);
  for (const name of [lock, key('stalled-check')]) await redis.pexpire(name, hoursMs);
  await queue.outliveClocks();
  for (const name of [lock, key('stalled-check')]) assert((await redis.pttl(name)) <= longestLockMs / 3, name);
  await end({ kind: 'finished' });
});

test('a lock is renewed while the wall clock stands hours back, and its loss is told', async (t) => {
  const nowMs = Date.now();
  t.mock.method(Date, 'now', () => nowMs - hoursMs);
  const { redis, id, delivery, end } = await start(t, { lockDurationMs: 300 });
  const lock = key(`${id}:lock`);
  for (let renewals = 0, last = Infinity; renewals < 6;) {
    const leftMs = await redis.pttl(lock);
    assert(leftMs > 0);
    if (leftMs > last) renewals += 1;
    last = leftMs;
  }
  await redis.set(lock, 'of another', 'PX', 60_000);
  if (!delivery.signal.aborted) await once(delivery.signal, 'abort');
  await end({ kind: 'finished' });
});
