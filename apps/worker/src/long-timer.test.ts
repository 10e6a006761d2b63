import assert from 'node:assert/strict';
import { test } from 'node:test';
import { after } from './long-timer.ts';

const dayMs = 86_400_000;

test('a timer of two months is due after two months, not at once', async (t) => {
  await new Promise((resolve, reject) => {
    const callOff = after(60 * dayMs, () => reject(new Error('due at once')));
    setTimeout(() => (callOff(), resolve(undefined)), 20);
  });
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let due = 0;
  after(60 * dayMs, () => (due += 1));
  // to the end of each timer that Node allows: the mocked clock jumps, and a timer set meanwhile begins where it lands
  const longestMs = 2 ** 31 - 1;
  t.mock.timers.tick(longestMs);
  t.mock.timers.tick(longestMs);
  t.mock.timers.tick(60 * dayMs - 2 * longestMs - 1);
  assert.equal(due, 0);
  t.mock.timers.tick(1);
  assert.equal(due, 1);
});

test('a timer that is called off is never due, however far it has come', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  for (const days of [0, 40]) {
    const callOff = after(60 * dayMs, () => assert.fail('due'));
    t.mock.timers.tick(days * dayMs);
    callOff();
    t.mock.timers.tick(100 * dayMs);
  }
});
