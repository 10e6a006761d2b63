import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { Lease } from '@natsweep/queue';
import { readSweepSpec, type SweepSpec } from '@natsweep/sweep';
import { createLogger } from '@natsweep/telemetry';
import { Collector } from './collector.ts';
import { GridPlanner, planGrid, UnplannableSweepError } from './plan-grid.ts';
import { Scheduler } from './scheduler.ts';
import { Sweeps } from './sweeps.ts';
import { newSweep, points, SchedulerStack, specOf } from './testing.ts';

/** Keeps the processor at work for so long. */
function busy(seconds: number): void {
  const start = process.cpuUsage();
  for (;;) {
    const { user, system } = process.cpuUsage(start);
    if ((user + system) / 1e6 > seconds) return;
  }
}

const read = (name: string) => readSweepSpec(specOf(name, points(3)));

test('a grid that takes too long is refused, and laid out once; others are not', () => {
  const laidOut: string[] = [];
  const layOut = (spec: SweepSpec) => {
    laidOut.push(spec.name);
    if (spec.name !== 'quick') busy(0.1);
    if (spec.name === 'fault') throw new Error('excludes everything');
    return planGrid(spec);
  };
  const grids = new GridPlanner({ longestSeconds: 0.05, layOut });
  for (const name of ['slow', 'slow', 'fault', 'fault']) {
    assert.throws(() => grids.plan(read(name)), {
      name: 'UnplannableSweepError',
      message: new RegExp(`^Sweep "${name}" cannot be planned: its grid took 0.1\\d* s .* may take 0.050 s: `),
    });
  }
  assert.equal(grids.plan(read('quick')).size, 3);
  assert.deepEqual(laidOut, ['slow', 'fault', 'quick']);
});

/** A scheduler in this process, whose lease of half a second is lost while a grid is laid out that is not quick. */
async function startScheduler(t: TestContext, stack: SchedulerStack, grids: GridPlanner): Promise<() => Promise<void>> {
  const logger = createLogger({ app: 'scheduler', level: 'silent' });
  const redis = await stack.redis.connect({ onOutage: 'wait' });
  const commandRedis = await stack.redis.connect({ onOutage: 'wait' });
  const { queue, results } = stack;
  const lease = new Lease(redis, 500);
  const sweeps = new Sweeps({ results, queue, redis, grids, logger });
  const collector = new Collector({ results, queue, reader: await stack.reader(), sweeps, lease, logger });
  const settings = { maxBatch: 8, backlogSeconds: 4 };
  const scheduler = new Scheduler({ sweeps, collector, queue, redis, commandRedis, lease, settings, logger });
  const stopping = new AbortController();
  t.after(() => stopping.abort());
  const running = scheduler.run(stopping.signal);
  return () => (stopping.abort(), running);
}

test('a grid that was accepted is laid out however long it takes, and a long one once; so is one that fails then', () => {
  const laidOut: string[] = [];
  const layOut = (spec: SweepSpec) => {
    laidOut.push(spec.name);
    if (spec.name !== 'quick') busy(0.1);
    if (spec.name === 'fault') throw new UnplannableSweepError('excludes everything');
    return planGrid(spec);
  };
  const grids = new GridPlanner({ longestSeconds: 0.05, layOut });
  for (const name of ['slow', 'slow', 'quick']) assert.equal(grids.planAccepted(read(name)).size, 3);
  for (const name of ['fault', 'fault']) {
    assert.throws(() => grids.planAccepted(read(name)), { message: 'excludes everything' });
  }
  assert.deepEqual(laidOut, ['slow', 'quick', 'fault']);
  assert.throws(() => grids.plan(read('slow')), /its grid took 0.1\d* s/);
});

test('a scheduler that loses its lease over a grid refuses it if it is new, runs it if it was accepted, and serves the others', async (t) => {
  const stack = await SchedulerStack.start(t);
  const { results } = stack;
  const laidOut: string[] = [];
  const layOut = (spec: SweepSpec) => {
    if (spec.name !== 'quick') {
      laidOut.push(spec.name);
      busy(0.6);
    }
    return planGrid(spec);
  };
  for (const name of ['accepted', 'too']) await results.createSweep(newSweep(name, specOf(name, points(3)), 3));
  const stop = await startScheduler(t, stack, new GridPlanner({ longestSeconds: 0.2, layOut }));
  stack.work((delivery) => stack.finish(delivery));
  for (const name of ['accepted', 'too']) await stack.until(name, (summary) => summary.state === 'completed');
  const submitted = await stack.submit('slow', points(3));
  assert.equal(submitted.ok, false);
  assert.match(submitted.message, /cannot be planned: its grid took .* to lay out, .* --lease\.$/);
  assert.deepEqual(laidOut.sort(), ['accepted', 'slow', 'too']);
  assert.equal((await stack.submit('quick', points(3))).ok, true);
  const change = { kind: 'apply', commandId: randomUUID(), spec: specOf('quick', `${points(3)}repeats: 2\n`) } as const;
  assert.equal((await stack.send(change)).ok, true);
  await stack.until('quick', (summary) => summary.state === 'completed');
  await stop();
});

test('a command over which the lease is lost again and again is given up, and the next one is carried out', async (t) => {
  const stack = await SchedulerStack.start(t);
  let laidOut = 0;
  const layOut = (spec: SweepSpec) => {
    if (spec.name === 'quick') return planGrid(spec);
    laidOut += 1;
    busy(0.6);
    throw new Error('a fault');
  };
  const stop = await startScheduler(t, stack, new GridPlanner({ longestSeconds: 60, layOut }));
  const { ok, message } = await stack.submit('slow', points(3));
  assert.equal(ok, false);
  assert.match(message, /^The scheduler lost its lease 3 times while it carried this out, and gave it up: /);
  assert.equal(laidOut, 3);
  assert.equal((await stack.submit('quick', points(3))).ok, true);
  await stop();
});
