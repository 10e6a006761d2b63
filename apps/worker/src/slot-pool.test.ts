import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { BatchQueue, ReportReader, ReportSender, streamStart } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { createLogger } from '@natsweep/telemetry';
import { readSettings } from './settings.ts';
import { SlotPool } from './slot-pool.ts';

/** A pool that takes batches. */
async function start(t: TestContext, slots: number) {
  const ends: (() => Promise<void>)[] = [];
  t.after(async () => {
    for (const end of ends.reverse()) await end();
  });
  const temporary = await temporaryRedis({ after: (end) => ends.push(end) });
  const redis = await temporary.connect({ onOutage: 'wait' });
  const queue = await BatchQueue.open(temporary.address);
  const settings = readSettings(['--slots', String(slots), '--engine', 'reference'], {}, []);
  assert(typeof settings === 'object');
  const logger = createLogger({ app: 'worker', level: 'silent' });
  const sender = new ReportSender(redis, () => {});
  const pool = new SlotPool({ redis, settings, gpus: undefined, sender, logger });
  await pool.prepare();
  pool.take();
  ends.push(async () => {
    await pool.finish();
    await pool.close();
    await queue.close();
  });
  const add = (point: number, durationMs: number) => {
    const params = { point, durationMs };
    const trial = {
      trialId: `t${point}`,
      index: point,
      experiment: 'diagnostic',
      experimentVersion: 1,
      params,
      seed: 1,
    };
    return queue.add([{ sweep: 's', trials: [trial], trialTimeoutSeconds: 60, maxAttempts: 1 }]);
  };
  return { pool, add, temporary };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 10));
}

test('slots that are idle end at once and are not said to have a batch in hand; those that have one finish it', async (t) => {
  const { pool, add } = await start(t, 3);
  await pool.resize(2);
  assert.deepEqual([pool.size, pool.leaving], [2, 0]);
  await until(() => pool.slots.length === 2);
  for (const point of [1, 2]) await add(point, 300);
  await until(() => pool.slots.every(({ isBusy }) => isBusy));
  const both = pool.slots;
  await pool.resize(1);
  assert.deepEqual([pool.size, pool.leaving, pool.slots.length], [1, 1, 2]);
  await until(() => both.every(({ state }) => state.trialsFinished === 1));
  await until(() => pool.slots.length === 1);
});

test('a pool has not finished before Redis has had room for what was reported', async (t) => {
  const { pool, add, temporary } = await start(t, 1);
  const server = await temporary.connect();
  const reader = await ReportReader.open(temporary.address);
  t.after(() => reader.close());
  const recorded = async () => (await reader.read(streamStart, { limit: 9, waitMs: 0 })).reports.length;
  const refusals = async () => Number(/errorstat_OOM:count=(\d+)/.exec(await server.info('errorstats'))?.[1] ?? 0);
  await add(1, 300);
  await until(() => pool.slots[0]?.isBusy === true);
  await server.config('SET', 'maxmemory', '1');
  await until(() => pool.slots[0]?.isBusy === false);
  const recordedAsFinished = pool.finish().then(recorded);
  for (const told = await refusals(); (await refusals()) < told + 2;) await server.ping();
  await server.config('SET', 'maxmemory', '0');
  assert.equal(await recordedAsFinished, 1);
});
