import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { readStall, tellStall, type Delivery } from '@natsweep/queue';
import type { Trial } from '@natsweep/sweep';
import { failWith, points, SchedulerStack, specOf, upTo } from './testing.ts';

test('invariant 2: schedulers killed at any point lose nothing and record nothing twice', async (t) => {
  const stack = await SchedulerStack.start(t);
  let scheduler = stack.schedule();
  await stack.announce(4);
  await stack.submit('sweep', points(3000));
  let delivered = 0;
  stack.work(async (delivery) => {
    delivered += delivery.trials.length;
    if (delivered > 300) {
      delivered = 0;
      scheduler.kill('SIGKILL');
      scheduler = stack.schedule();
    }
    return stack.finish(delivery);
  });
  const { observed, failed, byApproximation } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual([observed, failed], [3000, 0]);
  assert.deepEqual(byApproximation['none']?.byOutcome, { converged: 3000 });
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(3000));
});

test('invariant 2: what is reported twice is recorded once and counted as suppressed', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', points(50));
  stack.work(async (delivery) => {
    await stack.finish(delivery);
    return stack.finish(delivery);
  });
  const { duplicatesSuppressed } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(50));
  assert(duplicatesSuppressed > 0);
});

test('invariant 2: trials that vanish with Redis are planned again', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', points(40));
  await stack.until('sweep', ({ admitted }) => admitted > 0);
  await stack.flushRedis();
  stack.work((delivery) => stack.finish(delivery));
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(40));
});

test('a scheduler whose Redis lost the summaries shows durations and best objective from the database', async (t) => {
  const stack = await SchedulerStack.start(t);
  const first = stack.schedule();
  await stack.submit('sweep', `${points(40)}objective: { metric: value, goal: maximize }\n`);
  const worker = stack.work((delivery) => stack.finish(delivery));
  await stack.until('sweep', ({ observed }) => observed > 10);
  await worker.close();
  first.kill('SIGKILL');
  await stack.flushRedis();
  stack.schedule();
  stack.work((delivery) => stack.finish(delivery));
  const after = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(after.byApproximation['none']?.byOutcome, { converged: 40 });
  assert.equal(
    after.byApproximation['none']?.durations.counts.reduce((sum, trials) => sum + trials),
    40,
  );
  assert.equal(after.objective?.best, 39);
});

test('invariant 4: a sweep of a thousand million trials leaves the queue and Redis small', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  const before = await stack.redisMemoryBytes();
  const thousand = '{ range: { from: 1, to: 1000 } }';
  await stack.submit('sweep', `axes: { point: ${thousand}, group: ${thousand} }\nrepeats: 1000\n`);
  const { admitted, planned } = await stack.until('sweep', (summary) => summary.admitted > 0);
  assert.equal(planned, 1e9);
  assert(admitted <= 2, `${admitted} trials in flight for one slot that nothing is known of`);
  assert((await stack.redisMemoryBytes()) - before < 2_000_000);
});

test('invariant 6: a trial that uses up its attempts is recorded as failed, and the sweep ends', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  // each trial is a batch of its own: all of a batch fail here
  await stack.submit('sweep', 'axes: { group: { range: { from: 1, to: 10 } } }\nlimits: { maxAttempts: 2 }\n');
  const poison = (delivery: Delivery) => delivery.trials.some(({ index }: Trial) => index === 3);
  stack.work(async (delivery) => (poison(delivery) ? failWith(delivery, {}) : stack.finish(delivery)));
  const summary = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual([summary.observed, summary.failed, summary.byFailure], [9, 1, { crash: 1 }]);
  const [row] = await stack.results.rows('sweep', { kind: 'failed' });
  assert(row?.kind === 'failed');
  assert.deepEqual([row.index, row.message, row.logTail, row.attempt.attempt], [3, 'boom', 'last words', 2]);
  // the batch leaves the queue after its trials are recorded
  while ((await stack.queue.ids()).size > 0);
});

test('failures that are all alike pause the sweep and say why; resume goes on', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', `${points(40)}limits: { maxAttempts: 1, pauseAfterFailures: 3 }\n`);
  let broken = true;
  stack.work(async (delivery) => (broken ? failWith(delivery, { failure: 'timeout' }) : stack.finish(delivery)), 1);
  const paused = await stack.until('sweep', ({ state }) => state === 'paused');
  assert.match(paused.stateReason ?? '', /^3 of the last 3 trials failed alike \(timeout\): boom/);
  broken = false;
  assert.equal((await stack.command('resume', 'sweep')).ok, true);
  const { observed, failed } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.equal(observed + failed, 40);
  assert(failed < 40);
});

test('pause empties the queue, resume fills it, cancel ends the sweep', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', points(100));
  await stack.until('sweep', ({ admitted }) => admitted > 0);
  assert.match((await stack.command('pause', 'sweep')).message, /is paused/);
  assert.equal((await stack.queue.ids()).size, 0);
  assert.match((await stack.command('pause', 'sweep')).message, /is paused/);
  assert.equal((await stack.command('resume', 'sweep')).ok, true);
  await stack.until('sweep', ({ admitted }) => admitted > 0);
  assert.match((await stack.command('cancel', 'sweep')).message, /is cancelled/);
  assert.equal((await stack.queue.ids()).size, 0);
  const { ok, message } = await stack.command('resume', 'sweep');
  assert.deepEqual([ok, message], [false, 'Sweep "sweep" is cancelled: there is nothing to resume.']);
  assert.match((await stack.command('pause', 'other')).message, /no sweep named other/);
});

for (const [ending, settle] of [
  ['fails', (delivery: Delivery) => failWith(delivery, {})],
  ['is handed back', ({ trials }: Delivery) => ({ kind: 'handed-back', remaining: trials }) as const],
] as const) {
  test(`what was in hand at a pause and ${ending} is not attempted again before the sweep is resumed`, async (t) => {
    const stack = await SchedulerStack.start(t);
    stack.schedule();
    await stack.submit('sweep', `${points(1)}limits: { maxAttempts: 4 }\n`);
    const attempts: number[] = [];
    const inHand = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    let broken = true;
    stack.work(async (delivery) => {
      attempts.push(delivery.attempt);
      inHand.resolve();
      await goOn.promise;
      return broken ? settle(delivery) : stack.finish(delivery);
    });
    await inHand.promise;
    await stack.command('pause', 'sweep');
    goOn.resolve();
    while ((await stack.queue.ids()).size > 0);
    assert.deepEqual(attempts, [1]);
    const { state, admitted, failed } = await stack.until('sweep', (summary) => summary.admitted === 0);
    assert.deepEqual([state, admitted, failed], ['paused', 0, 0]);
    broken = false;
    await stack.command('resume', 'sweep');
    await stack.until('sweep', (summary) => summary.state === 'completed');
    assert.deepEqual(attempts, [1, 1]);
  });
}

test('a command sent twice is one intention; a name is taken by the first sweep that has it', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  assert.equal((await stack.submit('sweep', points(5), 'c1')).ok, true);
  assert.equal((await stack.submit('sweep', points(5), 'c1')).ok, true);
  assert.match((await stack.submit('sweep', points(5), 'c2')).message, /already \(running\): choose another name/);
});

test('a command that came before the scheduler is carried out', async (t) => {
  const stack = await SchedulerStack.start(t);
  const reply = stack.send({ kind: 'submit', commandId: 'c', spec: specOf('sweep', points(3)) });
  stack.schedule();
  assert.match((await reply).message, /queued: 3 trials/);
});

test('a report that nothing can be made of does not stop the others', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('sweep', points(2));
  stack.report('no-such-sweep', {
    trialId: 'x',
    index: 0,
    experiment: 'd',
    experimentVersion: 1,
    params: {},
    seed: 0,
  });
  stack.work((delivery) => stack.finish(delivery));
  const { observed } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.equal(observed, 2);
});

test('of two schedulers one works, and the other takes over when it dies', async (t) => {
  const stack = await SchedulerStack.start(t);
  const first = stack.schedule();
  await stack.submit('sweep', points(200));
  stack.schedule();
  let killed = false;
  stack.work(async (delivery) => {
    if (!killed) first.kill('SIGKILL');
    killed = true;
    return stack.finish(delivery);
  });
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(200));
});

test('a scheduler that takes over tells no more of what kept the one before it', async (t) => {
  const stack = await SchedulerStack.start(t);
  const connection = await stack.redis.connect();
  await tellStall(connection, { message: 'The disk is full.', sinceMs: 0 });
  assert.equal((await readStall(connection))?.message, 'The disk is full.');
  stack.schedule();
  await stack.submit('sweep', points(1));
  assert.equal(await readStall(connection), undefined);
});

test('a sweep takes no more slots than it may, and more or fewer as soon as it is told', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule('--max-batch', '1');
  await stack.announce(4);
  await stack.submit('sweep', `${points(30)}slots: 2\n`);
  const held = new Set<() => void>();
  let holding = true;
  let arrived = () => {};
  stack.work(async (delivery) => {
    if (holding) {
      await new Promise<void>((resolve) => {
        held.add(resolve);
        arrived();
      });
    }
    return stack.finish(delivery);
  });
  const release = () => {
    for (const finish of held) finish();
    held.clear();
  };
  const inHand = async (count: number) => {
    while (held.size < count) await new Promise<void>((resolve) => (arrived = resolve));
  };
  const setSlots = async (slots: number | null) =>
    (await stack.send({ kind: 'share', commandId: randomUUID(), sweep: 'sweep', slots })).message;

  try {
    await inHand(2);
    assert.match(await setSlots(3), /at most 3 slots\.$/);
    await inHand(3);
    assert.equal((await stack.queue.ids()).size, 3);
    // those in hand finish; only then comes the one that may be
    assert.match(await setSlots(1), /at most 1 slot\.$/);
    assert.equal((await stack.queue.ids()).size, 3);
    release();
    await inHand(1);
    await stack.until('sweep', ({ observed }) => observed === 3);
    assert.equal((await stack.queue.ids()).size, 1);
    assert.doesNotMatch(await setSlots(null), /slot/);
    await inHand(4);
  } finally {
    holding = false;
    release();
  }
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(30));
});
