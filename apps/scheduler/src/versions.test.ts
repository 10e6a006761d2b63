import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Delivery } from '@natsweep/queue';
import type { SweepSpec } from '@natsweep/sweep';
import { planGrid } from './plan-grid.ts';
import { failWith, points, SchedulerStack, specOf, upTo } from './testing.ts';

test('retry plans the failed trials again and keeps their records aside', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', `${points(20)}limits: { maxAttempts: 1 }\n`);
  let broken = true;
  const isPoison = ({ trials }: Delivery) => broken && trials.some(({ index }) => index < 3);
  stack.work(async (delivery) => (isPoison(delivery) ? failWith(delivery, {}) : stack.finish(delivery)));
  const { failed } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.equal(failed, 3);
  broken = false;
  const retry = { kind: 'retry', commandId: 'r1', sweep: 'sweep' } as const;
  assert.deepEqual(await stack.send(retry), {
    ok: true,
    message: 'Sweep "sweep" runs 3 failed trials again.',
    facts: { sweep: 'sweep', version: 2, trials: 3 },
  });
  const summary = await stack.until('sweep', ({ state, observed }) => state === 'completed' && observed === 20);
  assert.equal(summary.failed, 0);
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(20));
  assert.deepEqual((await stack.results.counts('sweep@1')).byFailure, { crash: 3 });
  assert.match((await stack.send({ ...retry, commandId: 'r2' })).message, /no trials that failed/);
});

test('of the failed trials those are planned again that meet every condition; what was cancelled only when asked for', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', `${points(12)}limits: { maxAttempts: 1, pauseAfterFailures: 100 }\n`);
  const lastId = planGrid(JSON.parse(specOf('sweep', points(12))) as SweepSpec).trial(11).trialId;
  await stack.send({ kind: 'cancel-trials', commandId: 'c', sweep: 'sweep', indices: [0, 1] });
  const ran: number[] = [];
  stack.work(async (delivery) => {
    ran.push(...delivery.trials.map(({ index }) => index));
    return failWith(delivery, { failure: delivery.trials[0]!.index < 8 ? 'crash' : 'timeout' });
  });
  await stack.until('sweep', ({ state, failed }) => state === 'completed' && failed === 12);
  const selections = [
    [{ failure: 'timeout' }, [8, 9, 10, 11]],
    [{ where: { point: 3 } }, [3]],
    [{ filter: 'point > 4 && point < 10', failure: 'crash' }, [5, 6, 7]],
    [{ trialIds: [lastId.slice(0, 16)] }, [11]],
    [{ failure: 'cancelled' }, [0, 1]],
    [{}, [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0, 1]],
  ] as const;
  for (const [i, [selection, expected]] of selections.entries()) {
    ran.length = 0;
    const reply = await stack.send({ kind: 'retry', commandId: `r${i}`, sweep: 'sweep', ...selection });
    assert.equal(reply.ok && reply.facts['trials'], expected.length, reply.message);
    await stack.until('sweep', ({ state, failed }) => state === 'completed' && failed === 12);
    const byIndex = (a: number, b: number) => a - b;
    assert.deepEqual(ran.sort(byIndex), [...expected].sort(byIndex));
  }
  for (const selection of [{ filter: 'point > 100' }, { trialIds: ['tx'] }, { filter: 'pont > 1' }]) {
    const reply = await stack.send({
      kind: 'retry',
      commandId: JSON.stringify(selection),
      sweep: 'sweep',
      ...selection,
    });
    assert.equal(reply.ok, false, reply.message);
    assert.match(reply.message, /none is selected by that\.|did you mean point\?/);
  }
  assert.equal((await stack.results.versions('sweep')).length, 1 + selections.length);
});

test('a changed spec keeps what both plan, also what was in the hands of a worker', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', 'axes: { point: [1, 2, 3, 4] }\n');
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  const runs = new Map<number, number>();
  stack.work(async (delivery) => {
    for (const { params } of delivery.trials) {
      const point = params['point'] as number;
      runs.set(point, (runs.get(point) ?? 0) + 1);
      if (point !== 3) continue;
      taken.resolve();
      await held.promise;
    }
    return stack.finish(delivery);
  });
  await taken.promise;
  await stack.until('sweep', ({ observed }) => observed === 3);
  const spec = specOf('sweep', 'axes: { point: [0, 2, 3, 4, 5] }\n');
  const { message } = await stack.send({ kind: 'apply', commandId: 'a', spec });
  assert.equal(message, 'Sweep "sweep" is at version 2: 5 trials, 2 of them recorded already.');
  held.resolve();
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(runs, new Map([1, 2, 3, 4, 0, 5].map((point) => [point, 1])));
  const rows = await stack.results.rows('sweep');
  assert.deepEqual(
    rows.map(({ index, params }) => [index, params['point']]),
    [
      [0, 0],
      [1, 2],
      [2, 3],
      [3, 4],
      [4, 5],
    ],
  );
});

/** Plays workers that keep the trial of `point` in their hands until they are told to let it go. */
function holding(stack: SchedulerStack, point: number) {
  const held = Promise.withResolvers<void>();
  const taken = Promise.withResolvers<void>();
  stack.work(async (delivery) => {
    if (delivery.trials.some(({ params }) => params['point'] === point)) {
      taken.resolve();
      await held.promise;
    }
    return stack.finish(delivery);
  });
  return { taken: taken.promise, letGo: held.resolve };
}

/** Holds the records of "sweep" against the grid of its spec. */
async function verify(stack: SchedulerStack, spec: string) {
  const grid = planGrid(JSON.parse(spec) as SweepSpec);
  const { recorded, problems } = await stack.results.verify('sweep', {
    size: grid.size,
    trialId: (index) => grid.trial(index).trialId,
  });
  return { recorded, problems };
}

/** Resolves when everything has been recorded that was reported before. */
async function runAnother(stack: SchedulerStack) {
  await stack.submit('another', points(20));
  await stack.until('another', ({ state }) => state === 'completed');
}

test('what a worker still has of a spec that was replaced is not recorded, also when the sweep has ended meanwhile', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', 'axes: { point: [1, 2] }\n');
  const { taken, letGo } = holding(stack, 1);
  await taken;
  const spec = specOf('sweep', 'axes: { point: [3, 4] }\n');
  assert.equal((await stack.send({ kind: 'apply', commandId: 'a', spec })).ok, true);
  await stack.until('sweep', ({ state }) => state === 'completed');
  letGo();
  await runAnother(stack);
  assert.deepEqual(await verify(stack, spec), { recorded: 2, problems: [] });
});

test('what a worker still has of a sweep that was deleted is not taken for a part of the next one of its name', async (t) => {
  const stack = await SchedulerStack.start(t);
  const first = stack.schedule();
  await stack.submit('sweep', 'axes: { point: [1, 2] }\n');
  const { taken, letGo } = holding(stack, 1);
  await taken;
  first.kill('SIGKILL');
  await stack.results.deleteSweep('sweep');
  stack.schedule();
  const yaml = 'axes: { point: [5] }\nfixed: { durationMs: 1 }\n';
  await stack.submit('sweep', yaml);
  await stack.command('pause', 'sweep');
  letGo();
  await runAnother(stack);
  await stack.command('resume', 'sweep');
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await verify(stack, specOf('sweep', yaml)), { recorded: 1, problems: [] });
});

test('a spec of another experiment, or of no sweep, is not applied', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  const { message } = await stack.send({ kind: 'apply', commandId: 'a', spec: specOf('sweep', points(3)) });
  assert.match(message, /no sweep named "sweep": launch it/);
});

test('a sweep of higher priority is served first, also when the priority is given later', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('slow', points(500));
  await stack.submit('urgent', points(100));
  const share = { kind: 'share', commandId: 's', sweep: 'urgent', priority: 5 } as const;
  assert.match((await stack.send(share)).message, /priority 5 and weight 1/);
  const order: string[] = [];
  stack.work((delivery) => {
    order.push(...delivery.trials.map(() => delivery.batch.sweep));
    return stack.finish(delivery);
  }, 1);
  await stack.until('slow', ({ state }) => state === 'completed');
  const slowBeforeUrgent = order.slice(0, order.lastIndexOf('urgent')).filter((sweep) => sweep === 'slow').length;
  assert(
    slowBeforeUrgent < 250,
    `${slowBeforeUrgent} of 500 trials of the slow sweep came before the urgent one had ended`,
  );
});

test('with reuse, what another sweep has observed is taken and not run', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('first', points(10));
  let delivered = 0;
  stack.work(async (delivery) => {
    delivered += delivery.trials.length;
    return stack.finish(delivery);
  });
  await stack.until('first', ({ state }) => state === 'completed');
  const { message } = await stack.submit('second', `${points(15)}reuse: true\n`);
  assert.equal(message, 'Sweep "second" is queued: 15 trials, 10 of them taken from other sweeps.');
  await stack.until('second', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('second'), upTo(15));
  assert.equal(delivered, 15);
});

test('a spec of a thousand million trials is applied, and takes from other sweeps, as exactly as a small one', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('small', 'axes: { point: { range: { from: 991, to: 1010 } } }\n');
  await stack.submit('other', 'axes: { point: [500, 501] }\n');
  const worker = stack.work((delivery) => stack.finish(delivery));
  await stack.until('small', ({ state }) => state === 'completed');
  await stack.until('other', ({ state }) => state === 'completed');
  await worker.close();

  const thousand = '{ range: { from: 0, to: 999 } }';
  const large = `axes: { group: ${thousand}, point: ${thousand} }\nrepeats: 1000\norder: shuffled\n`;
  const spec = specOf('small', large);
  const { message } = await stack.send({ kind: 'apply', commandId: 'a', spec });
  assert.equal(message, 'Sweep "small" is at version 2: 1,000,000,000 trials, 9 of them recorded already.');
  const grid = planGrid(JSON.parse(spec) as SweepSpec);
  const rows = await stack.results.rows('small');
  assert.deepEqual(rows.map(({ params }) => params['point']).sort(), [991, 992, 993, 994, 995, 996, 997, 998, 999]);
  for (const { trialId, index } of rows) assert.equal(grid.trial(index).trialId, trialId);
  assert.equal((await stack.results.rows('small@1')).length, 11);

  const taken = await stack.submit('large', `${large}reuse: true\n`);
  assert.equal(taken.message, 'Sweep "large" is queued: 1,000,000,000 trials, 11 of them taken from other sweeps.');
});

test('cancelled trials are recorded as such, and the sweep ends without them', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', points(30));
  await stack.until('sweep', ({ admitted }) => admitted > 0);
  const cancel = { kind: 'cancel-trials', commandId: 'c', sweep: 'sweep', indices: [0, 1, 29, 99] } as const;
  assert.match((await stack.send(cancel)).message, /those that had no record are cancelled/);
  stack.work((delivery) => stack.finish(delivery));
  const { observed, byFailure } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual([observed, byFailure], [27, { cancelled: 3 }]);
});
