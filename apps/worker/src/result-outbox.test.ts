import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FinishedTrial } from './protocol.ts';
import { ResultOutbox } from './result-outbox.ts';

const trial = (trialId: string, elapsedSeconds: number): FinishedTrial => ({
  ...{ trialId, outcome: 'converged', metrics: {}, traces: {} },
  ...{ startedAtMs: 0, elapsedSeconds, peakMemoryBytes: 1 },
});
const ids = (trials: readonly FinishedTrial[]) => trials.map(({ trialId }) => trialId);

test('a result that took time to find is told at once, with all before it', () => {
  const told: (readonly string[])[] = [];
  const outbox = new ResultOutbox((trials) => told.push(ids(trials)));
  outbox.add(trial('a', 1e-5));
  assert.deepEqual(told, [['a']], 'the first is told whatever it took');
  outbox.add(trial('b', 0.5));
  outbox.add(trial('c', 0.5));
  outbox.add(trial('d', 1e-5));
  outbox.add(trial('e', 0.05));
  assert.deepEqual(told.slice(1).flat(), ['b', 'c', 'd', 'e']);
  assert.deepEqual(told.at(-1)?.at(-1), 'e');
  assert.deepEqual(outbox.rest(), []);
});

test('results are told together when as much work is in them as may be lost', () => {
  const told: (readonly string[])[] = [];
  const outbox = new ResultOutbox((trials) => told.push(ids(trials)));
  for (const name of ['a', 'b', 'c', 'd']) outbox.add(trial(name, 0.02));
  assert.deepEqual(told.flat(), ['a', 'b', 'c', 'd']);
  assert.deepEqual(outbox.rest(), []);
});

test('results of trials that take no time are told together, each once, and none is kept back for good', async () => {
  const { promise: all, resolve } = Promise.withResolvers<void>();
  const told: string[] = [];
  let messages = 0;
  const outbox = new ResultOutbox((trials) => {
    messages += 1;
    told.push(...ids(trials));
    if (told.length === 1000) resolve();
  });
  const names = Array.from({ length: 1000 }, (_, i) => `t${i}`);
  for (const name of names) outbox.add(trial(name, 1e-6));
  await all;
  assert.deepEqual(told, names);
  assert(messages < 500, `${messages} messages`);
});

test('what is left at the end is not told, but handed over', () => {
  const told: string[] = [];
  const outbox = new ResultOutbox((trials) => told.push(...ids(trials)));
  for (const name of ['a', 'b', 'c']) outbox.add(trial(name, 1e-6));
  assert.deepEqual([...told, ...ids(outbox.rest())], ['a', 'b', 'c']);
  assert.deepEqual(outbox.rest(), []);
});
