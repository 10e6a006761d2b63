import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';

import { Home } from './home.ts';

const twenty =
  'name: s\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 10 } }, group: [0, 1] }\nfixed: { traceLength: 3 }\n';

test('what can be done with a sweep once it is there', async (t) => {
  const home = new Home(t);
  assert.equal((await home.natsweep('up', '--detach', '--slots', '2', '--no-metrics')).code, 0);
  const first = await home.natsweep('launch', home.write('s.yaml', twenty), '--watch');
  assert.equal(first.code, 0, first.stderr);

  await t.test('a trial that is repeated reports the same bytes', async () => {
    const { stdout } = await home.natsweep('results', 's', '--limit', '1', '--json');
    const [{ trialId }] = JSON.parse(stdout) as [{ trialId: string }];
    const rerun = await home.natsweep('trial', 'rerun', trialId.slice(0, 16));
    assert.equal(rerun.code, 0, rerun.stderr);
    assert.equal(rerun.stdout, `✓ The same bytes: 1 metric and 1 trace of ${trialId}.\n`);
    const shown = await home.natsweep('trial', 'show', trialId, '--json');
    assert.deepEqual((JSON.parse(shown.stdout) as { traces: unknown }).traces, { ramp: [0, 1, 2] });
  });

  await t.test('all trials are exported as CSV, JSON Lines and Parquet', async () => {
    const csv = await home.natsweep('results', 's', '--csv');
    assert.equal(csv.stdout.trimEnd().split('\n').length, 21);
    const lines = await home.natsweep('results', 's', '--jsonl', '--where', 'point > 8 && group == 1');
    const points = lines.stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { point: number }).point);
    assert.deepEqual(points.sort(), [10, 9]);
    assert.equal((await home.natsweep('results', 's', '--parquet', 's.parquet')).code, 0);
    assert.equal(readFileSync(home.path('s.parquet')).subarray(0, 4).toString(), 'PAR1');
  });

  await t.test('values of a parameter are compared in pairs', async () => {
    const { code, stdout, stderr } = await home.natsweep(
      'compare',
      's',
      '--by',
      'group',
      '--metric',
      'value',
      '--json',
    );
    assert.equal(code, 0, stderr);
    const { rows } = JSON.parse(stdout) as { rows: { value: number; pairs: number }[] };
    assert.deepEqual(
      rows.map(({ value, pairs }) => ({ value, pairs })),
      [{ value: 1, pairs: 10 }],
    );
  });

  await t.test('--reuse takes over what another sweep has found, whatever the file says', async () => {
    const again = await home.natsweep('launch', 's.yaml', '--name', 's-again', '--reuse', '--watch');
    assert.equal(again.code, 0, again.stderr);
    const measured = async (sweep: string) => {
      const { stdout } = await home.natsweep('results', sweep, '--json');
      return (JSON.parse(stdout) as { trialId: string; elapsedSeconds: number }[])
        .map(({ trialId, elapsedSeconds }) => `${trialId} ${elapsedSeconds}`)
        .sort();
    };
    assert.deepEqual(await measured('s-again'), await measured('s'));
  });

  await t.test('diff shows what apply then does; records of trials that stay are kept', async () => {
    home.write('s.yaml', twenty.replace('to: 10', 'to: 12').replace('[0, 1]', '[1, 2]'));
    const diff = await home.natsweep('diff', 's.yaml');
    assert.equal(diff.code, 1, diff.stderr);
    const changes =
      '~ axes.point: + 11, 12\n~ axes.group: + 2  - 0\n10 of 20 trials stay, 14 are new, 10 are planned no more.\n';
    assert.equal(diff.stdout, changes);
    const dry = await home.natsweep('apply', 's.yaml', '--dry-run');
    assert.equal(dry.stdout, changes);
    const applied = await home.natsweep('apply', 's.yaml');
    assert.match(applied.stdout, /24 trials, 10 of them recorded already/);
    assert.equal((await home.natsweep('watch', 's')).code, 0);
    assert.equal((await home.natsweep('verify', 's')).code, 0);
    const same = await home.natsweep('diff', 's.yaml');
    assert.equal(same.code, 0, same.stdout);
  });

  await t.test('failed trials are listed with their reason, counted as a negative end, and retried', async () => {
    const failing =
      'name: f\nexperiment: diagnostic\naxes: { point: [1, 2, 3] }\nfixed: { behaviour: throw }\nlimits: { maxAttempts: 1 }\n';
    const launched = await home.natsweep('launch', home.write('f.yaml', failing), '--watch');
    assert.equal(launched.code, 1, launched.stderr);
    assert.match(launched.stdout, /3 failed \(3 crash\)/);
    const failed = await home.natsweep('results', 'f', '--failed');
    assert.equal(failed.stdout.match(/failed: crash\tdiagnostic: thrown as asked/g)?.length, 3);
    assert.equal((await home.natsweep('retry', 'f', '--dry-run')).stdout, 'Would run again: 3 crash.\n');
    assert.match((await home.natsweep('retry', 'f')).stdout, /runs 3 failed trials again/);
    assert.equal((await home.natsweep('watch', 'f')).code, 1);
  });

  await t.test('slots of the worker and of a sweep change while it runs, and nothing is lost', async () => {
    const slots = async () => {
      const { workers } = JSON.parse((await home.natsweep('status', '--json')).stdout) as {
        workers: { slots: { memoryLimitBytes: number }[] }[];
      };
      return workers[0]!.slots;
    };
    const until = async (count: number) => {
      while ((await slots()).length !== count);
    };
    const long =
      'name: long\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 60 } } }\nfixed: { durationMs: 100 }\n';
    await home.natsweep('launch', home.write('long.yaml', long));
    assert.match((await home.natsweep('set', 'slots', 'long', '1')).stdout, /at most 1 slot\.\n$/);
    assert.match((await home.natsweep('set', 'slots', '3', '--dry-run')).stdout, /^Worker \S+ would have 3 slots\.\n$/);
    assert.match((await home.natsweep('set', 'slots', '3')).stdout, /^✓ Worker \S+ has 3 slots \(2 before\)\.\n$/);
    await until(3);
    const share = (await slots())[0]!.memoryLimitBytes;
    assert.match((await home.natsweep('set', 'slots', '1')).stdout, /has 1 slot \(3 before\)/);
    await until(1);
    assert.equal((await slots())[0]!.memoryLimitBytes, 3 * share);
    assert.match((await home.natsweep('set', 'slots', '2')).stdout, /has 2 slots \(1 before\)/);
    await home.natsweep('set', 'slots', 'long', 'all');
    assert.equal((await home.natsweep('watch', 'long')).code, 0);
    assert.equal((await home.natsweep('verify', 'long')).code, 0);
    assert.equal((await home.natsweep('set', 'slots', 'long', 'none')).code, 2);
    assert.match(
      (await home.natsweep('set', 'slots', 'long', 'all')).stderr,
      /is completed: it takes no share any more/,
    );
    const nobody = await home.natsweep('set', 'slots', '2', '--worker', 'nobody');
    assert.equal(nobody.code, 2);
    assert.match(nobody.stderr, /^natsweep: There is no worker nobody; there is /);
  });

  await t.test('trials that hang are cancelled, the others run', async () => {
    const hanging =
      'name: c\nexperiment: diagnostic\naxes: { point: [1, 2, 3], behaviour: [finish, hang], group: [0, 1] }\nzip: [[behaviour, group]]\n';
    assert.equal((await home.natsweep('launch', home.write('c.yaml', hanging))).code, 0);
    const dry = await home.natsweep('cancel', 'c', '--where', 'behaviour=hang', '--dry-run');
    assert.equal(dry.stdout, '3 trials of c would end, those of them that have no record yet.\n');
    const cancelled = await home.natsweep('cancel', 'c', '--where', 'behaviour=hang');
    assert.equal(cancelled.stdout, '✓ 3 trials of sweep "c" cancelled.\n');
    const gone = await home.natsweep('cancel', 'c', '--where', 'behaviour=hang');
    assert.match(
      `${gone.stdout}${gone.stderr}`,
      /has a record already\.$|c is completed: there is nothing to cancel\.$/m,
    );
    const { stdout } = await home.natsweep('watch', 'c');
    assert.equal(stdout, 'c completed: 6 of 6 trials recorded; 3 converged; 3 failed (3 cancelled).\n');
  });
});
