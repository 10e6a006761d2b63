import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { BatchWorker, LeaseLostError, readSummary, streamStart } from '@natsweep/queue';
import { openResults, ResultsError, type ResultsStore } from '@natsweep/results';
import { createLogger } from '@natsweep/telemetry';
import { Collector } from './collector.ts';
import { carryOut } from './commands.ts';
import { failedTrials } from './failed-trials.ts';
import { isTemporary } from './record-observations.ts';
import { GridPlanner, planGrid } from './plan-grid.ts';
import type { SweepRun } from './sweep-run.ts';
import { Sweeps } from './sweeps.ts';
import { failWith, newSweep, points, SchedulerStack, specOf } from './testing.ts';

const grids = new GridPlanner({ longestSeconds: 60 });
const logger = createLogger({ app: 'scheduler', level: 'silent' });

/** A collector in this process, its scheduler not running: every step is the test's. */
async function start(t: TestContext, results: (real: ResultsStore) => ResultsStore = (real) => real) {
  const stack = await SchedulerStack.start(t);
  const reader = await stack.reader();
  const redis = await stack.redis.connect({ onOutage: 'wait' });
  const spec = specOf('sweep', `${points(3)}limits: { maxAttempts: 1 }\n`);
  const { sweep } = await stack.results.createSweep(newSweep('sweep', spec, 3));
  const grid = planGrid(JSON.parse(spec));
  const trials = [0, 1, 2].map((index) => grid.trial(index));
  const create = async () => {
    const store = results(stack.results);
    const sweeps = new Sweeps({ results: store, queue: stack.queue, redis, grids, logger });
    await sweeps.start(sweep);
    return {
      sweeps,
      collector: new Collector({ results: store, queue: stack.queue, reader, sweeps, lease: { require() {} }, logger }),
    };
  };
  return { stack, redis, trials, create };
}

const summary = (sweeps: Sweeps) => (sweeps.run('sweep') as SweepRun).summary(0);

test('killed between recording a report and discarding it: the next one suppresses it', async (t) => {
  const { stack, trials, create } = await start(t);
  stack.report('sweep', trials[1]!);
  const first = await create();
  const page = await first.collector.nextPage(5000);
  await stack.results.record(page.reports.filter((report) => report.kind === 'observation'));
  const next = await create();
  await next.collector.commit(await next.collector.nextPage(5000));
  assert.deepEqual(await stack.recordedIndices('sweep'), [1]);
  assert.equal(summary(next.sweeps).duplicatesSuppressed, 1);
  assert.deepEqual((await next.collector.nextPage(10)).reports, []);
});

test('pages follow one another; one that could not be committed is read again before those behind it', async (t) => {
  let takes = true;
  const { stack, trials, create } = await start(t, (real) => ({
    ...real,
    record: (records) => (takes ? real.record(records) : Promise.reject(new ResultsError('full', 'It is full.'))),
  }));
  const reports = 9000;
  for (let i = 0; i < reports; i++) stack.report('sweep', trials[i % 2]!);
  const { sweeps, collector } = await create();
  const committed: number[] = [];
  const reader = await stack.reader();
  const arrived = async () => (await reader.read(streamStart, { limit: reports, waitMs: 1000 })).reports.length;
  while ((await arrived()) < reports);
  for (let i = 0; i < 3; i++) {
    takes = false;
    const refused = await collector.nextPage(5000);
    await assert.rejects(collector.commit(refused), { code: 'full' });
    takes = true;
    const again = await collector.nextPage(5000);
    assert.equal(again.end, refused.end);
    await collector.commit(again);
    committed.push(again.reports.length);
  }
  assert.equal(committed[0]! + committed[1]! + committed[2]!, reports);
  assert.deepEqual(await stack.recordedIndices('sweep'), [0, 1]);
  assert.equal(summary(sweeps).duplicatesSuppressed, reports - 2);
});

test('killed between recording failed trials and letting go of their batch: recorded once, the batch goes', async (t) => {
  const { stack, redis, trials, create } = await start(t);
  await stack.queue.add([{ sweep: 'sweep', trials, trialTimeoutSeconds: 1, maxAttempts: 1 }]);
  const worker = new BatchWorker(redis, {
    slot: 's',
    onError: () => {},
    run: async (delivery) => failWith(delivery, {}),
  });
  void worker.run();
  while ((await stack.queue.failed()).length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  await worker.close();
  await stack.results.record((await stack.queue.failed()).flatMap(failedTrials).slice(0, 2));
  const next = await create();
  await next.collector.recordFailures();
  assert.deepEqual(await stack.recordedIndices('sweep'), [0, 1, 2]);
  assert.equal((await stack.results.counts('sweep')).failed, 3);
  assert.equal((await stack.queue.ids()).size, 0);
});

test('a database that takes nothing leaves every report where it is', async (t) => {
  const faults = ['full', 'disk', 'unreachable', 'locked'] as const;
  let fault: (typeof faults)[number] | undefined;
  const { stack, trials, create } = await start(t, (real) => ({
    ...real,
    record: (records) =>
      fault === undefined ? real.record(records) : Promise.reject(new ResultsError(fault, 'It takes nothing now.')),
  }));
  for (const trial of trials.slice(0, 2)) stack.report('sweep', trial);
  const { sweeps, collector } = await create();
  for (fault of faults) await assert.rejects(collector.drain(), { code: fault });
  assert.equal(summary(sweeps).observed, 0);
  fault = undefined;
  await collector.drain();
  assert.equal(summary(sweeps).observed, 2);
  assert.deepEqual(await stack.recordedIndices('sweep'), [0, 1]);
});

test('suspended between its last look at the lease and the transaction: it records nothing, and leaves the reports', async (t) => {
  const { stack, trials, create } = await start(t);
  await stack.results.takeOver();
  stack.report('sweep', trials[0]!);
  const { collector } = await create();
  const page = await collector.nextPage(5000);
  const successor = await openResults(`sqlite:${join(stack.redis.home, 'results.sqlite')}`);
  t.after(() => successor.close());
  await successor.takeOver();
  await assert.rejects(collector.commit(page), isTemporary);
  assert.deepEqual(await stack.recordedIndices('sweep'), []);
  assert.equal((await collector.nextPage(0)).reports.length, 1);
});

test('a report that the database refuses for what it holds becomes a failed trial, the others are recorded', async (t) => {
  const { stack, trials, create } = await start(t, (real) => ({
    ...real,
    record: (records) =>
      records.some((record) => record.kind === 'observation' && record.index === 1)
        ? Promise.reject(new ResultsError('fault', 'value out of range'))
        : real.record(records),
  }));
  for (const trial of trials) stack.report('sweep', trial);
  const { collector } = await create();
  await collector.drain();
  const [failed] = await stack.results.rows('sweep', { kind: 'failed' });
  assert(failed?.kind === 'failed');
  assert.deepEqual([failed.index, failed.failure], [1, 'invalid']);
  assert.match(failed.message, /cannot be recorded: value out of range/);
  assert.deepEqual(await stack.recordedIndices('sweep'), [0, 1, 2]);
});

test('killed between completing a sweep and publishing that: the next one publishes it', async (t) => {
  const { stack, redis, trials, create } = await start(t);
  const { sweeps } = await create();
  await sweeps.publish();
  for (const trial of trials) stack.report('sweep', trial);
  const { collector } = await create();
  const page = await collector.nextPage(5000);
  await stack.results.record(page.reports.filter((report) => report.kind === 'observation'));
  await stack.results.setSweepState('sweep', 'completed');
  assert.equal((await readSummary(redis, 'sweep'))?.state, 'running');
  await sweeps.recover();
  const { state, observed, etaSeconds } = (await readSummary(redis, 'sweep'))!;
  assert.deepEqual([state, observed, etaSeconds], ['completed', 3, 0]);
});

test('a command for which the lease does not last is left to the scheduler that has it', async (t) => {
  const { stack, redis, trials } = await start(t);
  const sweeps = new Sweeps({ results: stack.results, queue: stack.queue, redis, grids, logger });
  await sweeps.recover();
  const lease = {
    require() {
      throw new LeaseLostError('suspended');
    },
  };
  const reader = await stack.reader();
  const collector = new Collector({ results: stack.results, queue: stack.queue, reader, sweeps, lease, logger });
  stack.report('sweep', trials[0]!);
  const cancel = { kind: 'cancel-trials', commandId: 'c', sweep: 'sweep', indices: [1] } as const;
  await assert.rejects(carryOut(cancel, { sweeps, collector, queue: stack.queue }), isTemporary);
  assert.deepEqual(await stack.recordedIndices('sweep'), []);
});

test('a sweep that cannot be planned any more says why, cannot be resumed, and can be cancelled', async (t) => {
  const { stack, redis, create } = await start(t);
  const { sweeps, collector } = await create();
  await sweeps.publish();
  const stored = (await stack.results.getSweep('sweep'))!;
  const spec = JSON.stringify({ ...(JSON.parse(stored.spec) as object), experimentVersion: 1000 });
  await stack.results.applyVersion('sweep', { spec, planned: 3, commandId: 'later', appliedAtMs: 1 });
  await sweeps.recover();
  assert.equal(sweeps.run('sweep'), undefined);
  const { state, stateReason } = (await readSummary(redis, 'sweep'))!;
  assert.equal(state, 'paused');
  assert.match(stateReason ?? '', /cannot be planned: .*version 1000/);
  const order = (kind: 'resume' | 'cancel') =>
    carryOut({ kind, commandId: kind, sweep: 'sweep' }, { sweeps, collector, queue: stack.queue });
  assert.match((await order('resume')).message, /cannot go on: .*version 1000/);
  assert.equal((await order('cancel')).message, 'Sweep "sweep" is cancelled.');
  assert.equal((await readSummary(redis, 'sweep'))?.state, 'cancelled');
  assert.equal((await stack.results.getSweep('sweep'))?.state, 'cancelled');
});
