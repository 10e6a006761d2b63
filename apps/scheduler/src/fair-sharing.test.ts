import assert from 'node:assert/strict';
import { test } from 'node:test';
import { points, SchedulerStack } from './testing.ts';

/** Trials that each are a structural group, and so a batch. */
const groups = (n: number) => `axes: { group: { range: { from: 1, to: ${n} } } }\n`;

test('slots are shared by weight, 3:1, and a higher priority comes before any weight', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  // so long that the queue of the one slot holds two of them: weights must hold over time, not within the queue
  const elapsedSeconds = 2;
  await stack.submit('urgent', `${groups(40)}priority: 5\nweight: 0.5\n`);
  await stack.submit('heavy', `${groups(150)}weight: 3\n`);
  await stack.submit('light', groups(150));
  const order: string[] = [];
  const worker = stack.work((delivery) => {
    order.push(delivery.batch.sweep);
    return stack.finish(delivery, elapsedSeconds);
  }, 1);
  await stack.until('light', ({ state }) => state === 'completed');
  await worker.close();

  const count = (sweep: string, part: readonly string[]) => part.filter((name) => name === sweep).length;
  assert.equal(order.length, 340);
  assert.deepEqual(
    order.slice(0, 40),
    Array.from({ length: 40 }, () => 'urgent'),
  );
  const shared = order.slice(40, order.lastIndexOf('heavy') + 1);
  for (let n = 1; n <= shared.length; n++) {
    const light = count('light', shared.slice(0, n));
    assert.ok(Math.abs(light - n / 4) <= 3, `${light} of the first ${n} trials are light`);
  }
  const ratio = count('heavy', shared) / count('light', shared);
  assert.ok(ratio > 2.8 && ratio < 3.2, `heavy to light: ${ratio}`);
});

/** A slot on which the trial in hand ends when the test asks for the next one, and all the others once `body` is through. */
async function withSlot(
  stack: SchedulerStack,
  elapsedSeconds: (sweep: string) => number,
  body: (next: () => Promise<string>) => Promise<void>,
): Promise<void> {
  const started: string[] = [];
  let isHeld = true;
  let wake = () => {};
  let end = () => {};
  stack.work(async (delivery) => {
    started.push(delivery.batch.sweep);
    const held = new Promise<void>((resolve) => (end = resolve));
    wake();
    if (isHeld) await held;
    return stack.finish(delivery, elapsedSeconds(delivery.batch.sweep));
  }, 1);
  const untilStarted = async (count: number) => {
    while (started.length < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  try {
    await untilStarted(1);
    await body(async () => {
      const count = started.length;
      end();
      await untilStarted(count + 1);
      return started[count] as string;
    });
  } finally {
    isHeld = false;
    end();
  }
}

test('a sweep of higher priority starts as soon as the slot is free, submitted as such or made one', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('low', groups(6));
  await withSlot(
    stack,
    (sweep) => (sweep === 'low' ? 25 : 0.5),
    async (next) => {
      await stack.submit('high', `${groups(3)}priority: 50\n`);
      await stack.until('high', ({ admitted }) => admitted > 0);
      assert.deepEqual([await next(), await next(), await next(), await next()], ['high', 'high', 'high', 'low']);

      await stack.submit('equal', groups(3));
      await stack.send({ kind: 'share', commandId: 'p', sweep: 'equal', priority: 90 });
      await stack.until('equal', ({ admitted, share }) => share.priority === 90 && admitted > 0);
      assert.deepEqual([await next(), await next(), await next()], ['equal', 'equal', 'equal']);
    },
  );
});

test('equal weights share slot time from the first trial on, though nothing was known of the trials', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('long', groups(100));
  const seconds: Readonly<Record<string, number>> = { long: 9, short: 3 };
  await withSlot(
    stack,
    (sweep) => seconds[sweep] as number,
    async (next) => {
      await stack.submit('short', groups(100));
      await stack.until('short', ({ admitted }) => admitted > 0);
      let [long, short] = [9, 0];
      for (let n = 1; n <= 40; n++) {
        if ((await next()) === 'long') long += 9;
        else short += 3;
        assert.ok(Math.abs(long - short) <= 18, `${long} s and ${short} s after ${n} trials`);
      }
    },
  );
});

test('a sweep whose share is set goes on with what is known of its trials', async (t) => {
  const stack = await SchedulerStack.start(t);
  stack.schedule();
  await stack.submit('a', points(2000));
  await stack.submit('b', points(2000));
  const order: string[] = [];
  let isSet: Promise<unknown> | undefined;
  stack.work(async (delivery) => {
    order.push(...delivery.trials.map(() => delivery.batch.sweep));
    if (order.length > 300) isSet ??= stack.send({ kind: 'share', commandId: 'w', sweep: 'a', weight: 1.01 });
    await isSet;
    return stack.finish(delivery, 0.05);
  }, 1);
  await stack.until('a', ({ observed }) => observed > 1500);
  const after = order.slice(400, 1400).filter((name) => name === 'a').length;
  assert.ok(after > 350 && after < 650, `${after} of 1000 trials are of the sweep that was set`);
});
