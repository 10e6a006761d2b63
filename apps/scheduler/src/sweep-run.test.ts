import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { openResults } from '@natsweep/results';
import type { FailedTrial } from '@natsweep/sweep';
import { planGrid } from './plan-grid.ts';
import { SweepRun } from './sweep-run.ts';
import { newSweep, points, specOf } from './testing.ts';

/** A sweep in a database of its own, taken up under one spec after the other. */
async function start(t: TestContext) {
  const results = await openResults('sqlite::memory:');
  t.after(() => results.close());
  await results.createSweep(newSweep('sweep', specOf('sweep', points(10)), 10));
  return (yaml: string, before?: SweepRun) =>
    SweepRun.load(results, newSweep('sweep', specOf('sweep', `${points(10)}${yaml}`), 10), {
      plan: planGrid,
      last: undefined,
      before,
    });
}

test('what was charged under an earlier weight is taken back under that, whatever the weight is by then', async (t) => {
  const load = await start(t);
  const heavy = await load('weight: 10\n');
  const trials = heavy.planned([0, 1, 2, 3]);
  heavy.admitted('waiting', trials.slice(0, 3));
  heavy.admitted('in-hand', trials.slice(3));
  let served = heavy.takeCharge() / 10;
  assert.equal(served, (4 * 2) / 10, 'trials of which nothing is known count for 2 s');

  heavy.inFlight.drop('waiting');
  const light = await load('weight: 1\n', heavy);
  light.found('in-hand', trials.slice(3));
  served += light.takeCharge();
  assert.ok(Math.abs(served - 2) < 1e-12, `${served} s over the weight, of one trial of 2 s in flight`);
});

test('what failed before a sweep was resumed does not count towards its next pause', async (t) => {
  const load = await start(t);
  const run = await load('limits: { pauseAfterFailures: 3 }\n');
  const attempt = { attempt: 1, worker: 'w', slot: 's', startedAtMs: 0, elapsedSeconds: 1 };
  const fail = (index: number) => {
    const [trial] = run.planned([index]);
    const cause = { failure: 'crash', message: 'boom', logTail: '', attempt } as const;
    return run.failed({ kind: 'failed', sweep: 'sweep', ...trial!, ...cause } satisfies FailedTrial);
  };
  assert.deepEqual([fail(0), fail(1), fail(2)?.slice(0, 9)], [undefined, undefined, '3 of the ']);
  run.setState('paused');
  run.setState('running');
  assert.deepEqual([fail(3), fail(4), fail(5)?.slice(0, 9)], [undefined, undefined, '3 of the ']);
});
