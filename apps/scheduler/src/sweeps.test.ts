import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createLogger } from '@natsweep/telemetry';
import { GridPlanner, planGrid } from './plan-grid.ts';
import type { SweepRun } from './sweep-run.ts';
import { Sweeps } from './sweeps.ts';
import { newSweep, observation, points, SchedulerStack, specOf } from './testing.ts';

/** The sweeps of a scheduler in this process that takes no step by itself. */
async function start(t: TestContext) {
  const stack = await SchedulerStack.start(t);
  const { results, queue } = stack;
  const redis = await stack.redis.connect({ onOutage: 'wait' });
  const logger = createLogger({ app: 'scheduler', level: 'silent' });
  return {
    stack,
    redis,
    sweeps: new Sweeps({ results, queue, redis, grids: new GridPlanner({ longestSeconds: 60 }), logger }),
  };
}

test('a search for observations of other sweeps ends with the spec for which it was begun', async (t) => {
  const { stack, sweeps } = await start(t);
  const { results } = stack;
  const first = specOf('first', points(5));
  await results.createSweep(newSweep('first', first, 5));
  const grid = planGrid(JSON.parse(first));
  const attempt = { attempt: 1, elapsedSeconds: 1 };
  await results.record([0, 1, 2, 3, 4].map((index) => observation('first', grid.trial(index), attempt)));
  const reusing = specOf('second', `${points(5)}reuse: true\n`);
  const { sweep } = await results.createSweep(newSweep('second', reusing, 5));
  await sweeps.start(sweep);
  const spec = specOf('second', 'axes: { point: [4, 3] }\n');
  await results.applyVersion('second', { spec, planned: 2, commandId: 'a', appliedAtMs: 1 });
  await sweeps.start((await results.getSweep('second'))!);
  assert.equal(await sweeps.search(60_000), true);
  assert.deepEqual(await stack.recordedIndices('second'), []);
  assert.equal((sweeps.run('second') as SweepRun).isSearching, false);
});

for (const [what, cancel] of [
  ['a cancelled sweep', (sweeps: Sweeps, run: SweepRun) => sweeps.change(run, 'cancelled')],
  ['cancelled trials', (sweeps: Sweeps, run: SweepRun) => sweeps.cancelTrials(run, [0])],
] as const) {
  test(`what waits of ${what} is out of the queue before a worker that is told takes its next batch`, async (t) => {
    const { stack, redis, sweeps } = await start(t);
    const { sweep } = await stack.results.createSweep(newSweep('sweep', specOf('sweep', points(2)), 2));
    await sweeps.start(sweep);
    const run = sweeps.run('sweep') as SweepRun;
    const batches = run.plan(2, { slots: 2, maxBatch: 1 });
    const ids = await stack.queue.add(batches);
    batches.forEach(({ trials }, i) => run.admitted(ids[i]!, trials));

    const commands: string[] = [];
    const monitor = await redis.monitor();
    t.after(() => monitor.disconnect());
    const isOver = new Promise<void>((resolve) => {
      monitor.on('monitor', (_time: string, words: string[]) => {
        commands.push(words.join(' '));
        if (words[0] === 'echo') resolve();
      });
    });
    await cancel(sweeps, run);
    await redis.echo('over');
    await isOver;
    const told = commands.findIndex((command) => command.startsWith('publish natsweep:cancelled'));
    const withdrawn = commands.findLastIndex((command) => command.includes(ids[0]!));
    assert.ok(withdrawn >= 0 && withdrawn < told, commands.join('\n'));
    assert.ok(!(await stack.queue.ids()).has(ids[0]!));
  });
}
