import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { Batch } from '@natsweep/sweep';
import { BatchQueue, queueName, queuePrefix } from './batch-queue.ts';
import { BatchWorker, type Delivery, type DeliveryOutcome } from './batch-worker.ts';
import type { RedisConnection } from './connection.ts';
import type { SweepSummary } from './messages.ts';
import { writeSummaries } from './summaries.ts';
import { temporaryRedis } from './testing.ts';

function batch(...ids: string[]): Batch {
  const trials = ids.map((trialId, index) => ({
    trialId,
    index,
    experiment: 'diagnostic',
    experimentVersion: 1,
    params: {},
    seed: 1,
  }));
  return { sweep: 's', trials, trialTimeoutSeconds: 60, maxAttempts: 2 };
}

/** A queue and a worker whose deliveries the test settles one by one. */
async function startQueue(t: TestContext) {
  const redis = await temporaryRedis(t);
  const queue = await BatchQueue.open(redis.address);
  const arrivals: Delivery[] = [];
  let settle: ((outcome: DeliveryOutcome) => void) | undefined;
  let arrived: (() => void) | undefined;
  const worker = new BatchWorker(await redis.connect({ onOutage: 'wait' }), {
    slot: 'cpu-0',
    onError: () => {},
    run: (delivery) => {
      arrivals.push(delivery);
      arrived?.();
      return new Promise((resolve) => {
        settle = resolve;
      });
    },
  });
  void worker.run();
  const next = async (): Promise<Delivery> => {
    if (arrivals.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
    return arrivals.shift() as Delivery;
  };
  t.after(() => queue.close());
  const stop = () => worker.close();
  return { redis, queue, next, settle: (outcome: DeliveryOutcome) => settle?.(outcome), stop };
}

const ids = (trials: readonly { readonly trialId: string }[]) => trials.map(({ trialId }) => trialId);
const attempt = { attempt: 1, worker: 'w', slot: 'cpu-0', startedAtMs: 0, elapsedSeconds: 1 };
const crash = { failure: 'crash', message: 'boom', logTail: '', attempt } as const;

test('a batch added twice is queued once and gone when finished', async (t) => {
  const { queue, next, settle, stop } = await startQueue(t);
  const [id] = await queue.add([batch('a', 'b')]);
  assert.deepEqual(await queue.add([batch('a', 'b')]), [id]);
  const delivery = await next();
  assert.equal(delivery.batchId, id);
  assert.deepEqual([delivery.attempt, delivery.hasNext], [1, true]);
  assert.deepEqual([...(await queue.ids())], [id]);
  settle({ kind: 'finished' });
  await stop();
  assert.equal((await queue.ids()).size, 0);
});

test('a failed attempt comes back with what is left, and ends in the failed set with its reasons', async (t) => {
  const { queue, next, settle, stop } = await startQueue(t);
  await queue.add([batch('a', 'b')]);
  await next();
  settle({ kind: 'failed', failures: { b: crash } });
  const second = await next();
  assert.deepEqual([second.attempt, second.hasNext], [2, false]);
  assert.deepEqual(ids(second.trials), ['b']);
  settle({ kind: 'failed', failures: { b: { ...crash, message: 'boom again' } } });
  await stop();
  const [failed] = await queue.failed();
  assert(failed !== undefined);
  assert.deepEqual(ids(failed.data.trials), ['b']);
  assert.equal(failed.data.failures['b']?.message, 'boom again');
  assert.equal(failed.attempts, 2);
  assert.deepEqual([...(await queue.ids())], [failed.batchId]);
  await queue.remove([failed.batchId]);
  assert.equal((await queue.ids()).size, 0);
});

test('what no retry can help waits beside what one can, and is not lost when that finishes', async (t) => {
  const { queue, next, settle, stop } = await startQueue(t);
  await queue.add([batch('a', 'b', 'c')]);
  await next();
  settle({ kind: 'failed', failures: { a: { ...crash, failure: 'invalid' }, b: crash } });
  assert.deepEqual(ids((await next()).trials), ['b']);
  settle({ kind: 'finished' });
  await stop();
  const [failed] = await queue.failed();
  assert.deepEqual(ids(failed?.data.trials ?? []), ['a']);
  assert.equal(failed?.data.failures['a']?.failure, 'invalid');
});

/** A delivery that is lost, as BullMQ sees it when a lock expires; its worker learns of it as it is done. */
async function lose({ redis, settle }: Awaited<ReturnType<typeof startQueue>>, id: string): Promise<void> {
  const connection = await redis.connect();
  const key = `${queuePrefix}:${queueName}`;
  await connection
    .multi()
    .hincrby(`${key}:${id}`, 'stc', 1)
    .del(`${key}:${id}:lock`)
    .lrem(`${key}:active`, 1, id)
    .exec();
  settle({ kind: 'finished' });
  await connection.multi().rpush(`${key}:wait`, id).zadd(`${key}:marker`, 0, '0').exec();
}

test('only the delivery after one that was lost reports it, and trials run one by one from then on', async (t) => {
  const { redis, queue, next, settle, stop } = await startQueue(t);
  const [id] = await queue.add([batch('a')]);
  const first = await next();
  assert.deepEqual([first.loss, first.oneByOne], [undefined, false]);
  await (await redis.connect()).hincrby(`${queuePrefix}:${queueName}:${id}`, 'stc', 1);
  settle({ kind: 'handed-back', remaining: batch('a').trials });
  const second = await next();
  assert.deepEqual(
    second.loss?.attempts.map(({ trialId, failure }) => [trialId, failure]),
    [['a', 'lost']],
  );
  assert.equal(second.oneByOne, true);
  settle({ kind: 'failed', failures: { a: crash } });
  const third = await next();
  assert.deepEqual([third.loss, third.oneByOne], [undefined, true]);
  settle({ kind: 'finished' });
  await stop();
});

test('a loss is charged to the trial under way alone; it comes last, and fails as lost when it was lost often enough', async (t) => {
  const stack = await startQueue(t);
  const { queue, next, settle, stop } = stack;
  const [id] = await queue.add([batch('a', 'b', 'c')]);
  const held = id as string;
  const first = await next();
  await first.begin({ trialId: 'a', attempt }, first.trials);
  assert.equal((await queue.read([held])).get(held)?.underWay, undefined, 'a batch that was never lost is not written');

  await lose(stack, held);
  const second = await next();
  assert.deepEqual(ids(second.loss?.attempts ?? []), ['a', 'b', 'c']);
  assert.deepEqual(ids(second.trials), ['a', 'b', 'c']);
  await second.begin({ trialId: 'a', attempt }, second.trials);
  await second.begin({ trialId: 'b', attempt }, second.trials.slice(1));
  assert.deepEqual(ids((await queue.read([held])).get(held)?.trials ?? []), ['b', 'c']);

  await lose(stack, held);
  const third = await next();
  assert.deepEqual(ids(third.loss?.attempts ?? []), ['b']);
  assert.equal(third.loss?.again, true);
  assert.deepEqual(ids(third.trials), ['c', 'b']);
  await assert.rejects(second.begin({ trialId: 'a', attempt }, second.trials), { name: 'LockLostError' });

  await third.begin({ trialId: 'c', attempt }, third.trials);
  await third.begin({ trialId: 'b', attempt }, third.trials.slice(1));
  await lose(stack, held);
  const fourth = await next();
  assert.deepEqual([fourth.trials, fourth.loss?.again], [[], false]);
  settle({ kind: 'finished' });
  await stop();
  const [failed] = await queue.failed();
  assert.deepEqual(ids(failed?.data.trials ?? []), ['b']);
  assert.equal(failed?.data.failures['b']?.failure, 'lost');
  assert.match(failed?.data.failures['b']?.message ?? '', /vanished while this trial ran alone: 2 times/);
});

test('a delivery that is lost before a trial begins alone charges the one before it once', async (t) => {
  const stack = await startQueue(t);
  const { queue, next, settle, stop } = stack;
  const [id] = await queue.add([batch('a', 'b')]);
  const held = id as string;
  await next();
  await lose(stack, held);
  const second = await next();
  await second.begin({ trialId: 'a', attempt }, second.trials);
  await lose(stack, held);
  assert.deepEqual(ids((await next()).trials), ['b', 'a']);
  await lose(stack, held);
  const fourth = await next();
  assert.deepEqual(ids(fourth.trials), ['b', 'a']);
  assert.deepEqual(fourth.batch.lossesOf, { a: 1 });
  settle({ kind: 'handed-back', remaining: fourth.trials });
  const fifth = await next();
  assert.equal(fifth.loss, undefined);
  assert.deepEqual(fifth.batch.lossesOf, { a: 1 });
  assert.equal(fifth.batch.underWay, undefined);
  settle({ kind: 'finished' });
  await stop();
  assert.equal((await queue.ids()).size, 0);
});

test('a batch handed back costs no attempt', async (t) => {
  const { queue, next, settle, stop } = await startQueue(t);
  await queue.add([batch('a', 'b')]);
  const first = await next();
  settle({ kind: 'handed-back', remaining: first.trials.slice(1) });
  const second = await next();
  assert.deepEqual(ids(second.trials), ['b']);
  assert.deepEqual([second.attempt, second.hasNext], [2, true]);
  settle({ kind: 'failed', failures: { b: crash } });
  const third = await next();
  assert.deepEqual([third.attempt, third.hasNext], [3, false]);
  assert.equal(third.batch.failures['b']?.message, 'boom');
  settle({ kind: 'finished' });
  await stop();
  assert.equal((await queue.ids()).size, 0);
});

/** Tells how the sweep of the batches is, as its scheduler does. */
async function tell(connection: RedisConnection, state: SweepSummary['state']): Promise<void> {
  const summary: SweepSummary = {
    ...{ name: 's', experiment: 'diagnostic', state, stateReason: null },
    ...{ share: { priority: 0, weight: 1, slots: null }, planned: 2, admitted: 2, observed: 0, failed: 0 },
    ...{ byOutcome: {}, byFailure: {}, byApproximation: {}, retriesByFailure: {}, duplicatesSuppressed: 0 },
    ...{ trialsPerSecond: 0, etaSeconds: null, objective: null, createdAtMs: 0, updatedAtMs: 0 },
  };
  await writeSummaries(connection, [summary]);
}

test('a batch that comes back while its sweep is paused waits, at no cost, and is told of when it runs', async (t) => {
  const stack = await startQueue(t);
  const { redis, queue, next, settle, stop } = stack;
  const connection = await redis.connect();
  const delayed = () => connection.zcard(`${queuePrefix}:${queueName}:delayed`);
  const [back] = await queue.add([batch('a')]);
  const first = await next();
  await tell(connection, 'paused');
  settle({ kind: 'handed-back', remaining: first.trials });
  while ((await delayed()) < 1);
  const [lost] = await queue.add([batch('b')]);
  const second = await next();
  assert.deepEqual(ids(second.trials), ['b'], 'what was never taken is for its scheduler to withdraw');
  await lose(stack, lost as string);
  while ((await delayed()) < 2);

  assert.deepEqual(await queue.withdraw([back as string]), [back]);
  await tell(connection, 'running');
  const third = await next();
  assert.deepEqual(ids(third.trials), ['b']);
  assert.equal(third.hasNext, true);
  assert.deepEqual(ids(third.loss?.attempts ?? []), ['b']);
  settle({ kind: 'finished' });
  await stop();
  assert.equal((await queue.ids()).size, 0);
});

test('a batch that a worker holds cannot be taken out of the queue', async (t) => {
  const { queue, next, settle, stop } = await startQueue(t);
  const [held] = await queue.add([batch('a')]);
  await next();
  const [waiting] = await queue.add([batch('b')]);
  assert.deepEqual(await queue.remove([held as string, waiting as string]), [waiting]);
  settle({ kind: 'finished' });
  await stop();
});
