import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SchedulerStack } from './testing.ts';

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
    // the first 16 are admitted, in two halves, before any is measured
    assert.ok(Math.abs(light - n / 4) <= 8, `${light} of the first ${n} trials are light`);
  }
  const ratio = count('heavy', shared) / count('light', shared);
  assert.ok(ratio > 2.4 && ratio < 3.7, `heavy to light: ${ratio}`);
});
