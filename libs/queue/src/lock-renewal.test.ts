import assert from 'node:assert/strict';
import { once } from 'node:events';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { BatchQueue, queueName, queuePrefix } from './batch-queue.ts';
import { BatchWorker, type Delivery, type DeliveryOutcome } from './batch-worker.ts';
import { startPrivateRedis } from './private-redis.ts';
import { temporaryRedis } from './testing.ts';

const lockDurationMs = 600;
const key = (name: string) => `${queuePrefix}:${queueName}:${name}`;
const batches = ['a', 'b', 'c'].map((trialId, index) => ({
  sweep: 's',
  trials: [{ trialId, index, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 1 }],
  trialTimeoutSeconds: 60,
  maxAttempts: 2,
}));

/** Workers with a batch each, which end them when they are told to; and what was delivered to whom. */
async function start(t: TestContext) {
  const redis = await temporaryRedis(t);
  const queue = await BatchQueue.open(redis.address);
  t.after(() => queue.close());
  const deliveries: Delivery[] = [];
  const outcomes = batches.map(() => Promise.withResolvers<DeliveryOutcome>());
  const endOf = ({ trials: [trial] }: Delivery) => outcomes[trial!.index]!;
  const connections = await Promise.all(batches.map(() => redis.connect({ onOutage: 'wait' })));
  const workers = connections.map((connection, i) => {
    const run = (delivery: Delivery) => (deliveries.push(delivery), endOf(delivery).promise);
    return new BatchWorker(connection, {
      slot: `cpu-${i}`,
      onError: () => {},
      run,
      lockDurationMs,
    });
  });
  await queue.add(batches);
  for (const worker of workers) void worker.run();
  while (deliveries.length < batches.length) await sleep(5);
  // BullMQ names the connections on which it waits, once they stand
  const named = async () => String(await connections[0]!.client('LIST')).match(/ name=\S/g)?.length ?? 0;
  while ((await named()) < workers.length) await sleep(5);
  const finish = (delivery: Delivery) => endOf(delivery).resolve({ kind: 'finished' });
  const end = async () => {
    deliveries.forEach(finish);
    await Promise.all(workers.map((worker) => worker.close()));
  };
  return { redis, connections, queue, deliveries, finish, end };
}

test('an outage of Redis that is longer than a lock ends no delivery, and none is made again', async (t) => {
  const { redis, connections, queue, deliveries, finish, end } = await start(t);
  const [done, ...others] = deliveries as [Delivery, ...Delivery[]];
  const marked = deliveries.map(({ batchId }) => batchId);
  await connections[0]!.sadd(key('stalled'), marked);
  const closed = connections.map((connection) => once(connection, 'close'));
  process.kill(redis.server.pid, 'SIGKILL');
  await Promise.all(closed);
  finish(done);
  // by then every lock has expired, however late it was renewed
  await sleep(2 * lockDurationMs);
  const again = await startPrivateRedis(join(redis.home, 'redis'));
  t.after(() => again.stop());
  const after = await redis.connect();
  const looks = async () => Number((await after.info('commandstats')).match(/cmdstat_smembers:calls=(\d+)/)?.[1] ?? 0);
  // lost batches are looked for twice: once to mark what may be lost, once to take it
  while ((await looks()) < 3) await sleep(20);
  assert.deepEqual(await queue.ids(), new Set(others.map(({ batchId }) => batchId)));
  assert.equal(deliveries.length, batches.length);
  assert(others.every(({ signal }) => !signal.aborted));
  await end();
  assert.equal((await queue.ids()).size, 0);
});

test('a lock is not taken again when the batch is back in the queue, or was delivered once more', async (t) => {
  const { redis, deliveries, end } = await start(t);
  const connection = await redis.connect();
  const [back, again, gone] = deliveries as [Delivery, Delivery, Delivery];
  const lock = ({ batchId }: Delivery) => key(`${batchId}:lock`);
  await connection.multi().del(lock(back)).lrem(key('active'), 1, back.batchId).exec();
  await connection.multi().del(lock(again)).hincrby(key(again.batchId), 'ats', 1).exec();
  await connection.multi().del(lock(gone)).lrem(key('active'), 1, gone.batchId).del(key(gone.batchId)).exec();
  for (const { signal } of deliveries) if (!signal.aborted) await once(signal, 'abort');
  assert.equal(await connection.exists(deliveries.map(lock)), 0);
  await end();
});

test('a lock is renewed also while Redis has no room', async (t) => {
  const { redis, deliveries, end } = await start(t);
  const connection = await redis.connect();
  await connection.config('SET', 'maxmemory', '1');
  const lock = key(`${deliveries[0]!.batchId}:lock`);
  for (let renewals = 0, last = Infinity; renewals < 6;) {
    const leftMs = await connection.pttl(lock);
    assert(leftMs > 0, 'the lock has expired');
    if (leftMs > last) renewals += 1;
    last = leftMs;
  }
  await connection.config('SET', 'maxmemory', '0');
  await end();
});
