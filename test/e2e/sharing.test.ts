import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { randomUUID } from 'node:crypto';
import { sendCommand } from '@natsweep/queue';
import { openResults } from '@natsweep/results';
import { Stack } from '../stack.ts';

/** A sweep of trials that wait for so long. */
const sweep = (name: string, trials: number, durationMs: number, more = '') =>
  `name: ${name}\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: ${trials} } } }\n` +
  `fixed: { durationMs: ${durationMs} }\n${more}`;

async function start(t: TestContext, slots: number): Promise<Stack> {
  const stack = await Stack.start();
  t.after(() => stack.stop());
  stack.startScheduler();
  stack.startWorker(['--slots', String(slots)]);
  return stack;
}

interface Start {
  readonly sweep: string;
  readonly atMs: number;
}

/** The recorded trials of these sweeps, in the order in which they were started. */
async function starts(stack: Stack, sweeps: readonly string[]): Promise<readonly Start[]> {
  const results = await openResults(stack.databaseUrl);
  const all: Start[] = [];
  for (const name of sweeps) {
    for await (const { attempt } of results.allRows(name)) all.push({ sweep: name, atMs: attempt.startedAtMs });
  }
  await results.close();
  return all.sort((a, b) => a.atMs - b.atMs);
}

/** How many trials of others were started between this time and the last start of the sweep. */
function overtaken(all: readonly Start[], name: string, sinceMs: number): number {
  const last = all.findLastIndex((each) => each.sweep === name);
  return all.slice(0, last).filter((each) => each.sweep !== name && each.atMs > sinceMs).length;
}

test('a sweep of higher priority goes before all that waits, though nothing is known of the trials', async (t) => {
  const stack = await start(t, 1);
  await stack.submit(sweep('low', 8, 1000));
  await stack.until('low', ({ admitted }) => admitted > 0);
  await stack.submit(sweep('later', 3, 300));
  await stack.submit(sweep('high', 3, 300, 'priority: 50\n'));
  const { createdAtMs } = await stack.until('high', ({ state }) => state === 'completed');
  const share = { kind: 'share', commandId: randomUUID(), sweep: 'later', priority: 90 } as const;
  assert.equal((await sendCommand(stack.connection, share)).ok, true);
  const setAtMs = Date.now();
  await stack.until('later', ({ state }) => state === 'completed');
  const { state } = (await stack.summary('low'))!;
  assert.equal(state, 'running', 'the low sweep was over before the others');
  await stack.until('low', (summary) => summary.state === 'completed');
  const all = await starts(stack, ['low', 'later', 'high']);
  // the worker may take one while the sweep is submitted
  assert.ok(overtaken(all, 'high', createdAtMs) <= 1, JSON.stringify(all));
  assert.equal(overtaken(all, 'later', setAtMs), 0, JSON.stringify(all));
});

test('sweeps of equal weight share slot time from the first trial on, however long their trials take', async (t) => {
  const stack = await start(t, 2);
  const seconds: Readonly<Record<string, number>> = { long: 0.9, short: 0.3 };
  await stack.submit(sweep('long', 40, 900));
  await stack.until('long', ({ admitted }) => admitted > 0);
  await stack.submit(sweep('short', 30, 300));
  const { createdAtMs } = await stack.until('short', ({ state }) => state === 'completed');
  const all = await starts(stack, ['long', 'short']);
  const last = all.findLastIndex((each) => each.sweep === 'short');
  const had: Record<string, number> = { long: 0, short: 0 };
  for (const each of all.slice(0, last + 1).filter(({ atMs }) => atMs > createdAtMs)) {
    had[each.sweep]! += seconds[each.sweep]!;
    // what the queue holds for two slots
    const ahead = Math.abs(had['long']! - had['short']!);
    assert.ok(ahead <= 8, `slot time ${JSON.stringify(had)} in ${JSON.stringify(all)}`);
  }
});
