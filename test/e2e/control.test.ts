import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Home } from './home.ts';

interface Counts {
  readonly state: string;
  readonly observed: number;
  readonly failed: number;
  readonly byFailure: Readonly<Record<string, number>>;
  readonly share: { readonly priority: number; readonly weight: number; readonly slots: number | null };
}

/** A sweep of the diagnostic experiment whose trials never end by themselves. */
const hanging = (name: string, axes: string) =>
  `name: ${name}\nexperiment: diagnostic\naxes: ${axes}\nfixed: { behaviour: hang }\nlimits: { trialTimeoutSeconds: 60 }\n`;

test('running sweeps are held back, changed and ended as a whole and in part', async (t) => {
  const home = new Home(t);
  const up = await home.natsweep('up', '--detach', '--slots', '2', '--no-metrics', '--json');
  assert.equal(up.code, 0, up.stderr);
  assert.deepEqual(Object.keys((JSON.parse(up.stdout) as { apps: object }).apps), ['scheduler', 'worker']);
  const launch = async (name: string, axes: string) => {
    const { code, stderr } = await home.natsweep('launch', home.write(`${name}.yaml`, hanging(name, axes)));
    assert.equal(code, 0, stderr);
  };
  const counts = async (name: string) => JSON.parse((await home.natsweep('status', name, '--json')).stdout) as Counts;
  await launch('a', '{ point: [1, 2, 3, 4], group: [0, 1] }');
  await launch('b', '{ point: { range: { from: 1, to: 100000 } }, group: { range: { from: 1, to: 1000 } } }');

  await t.test('several sweeps are paused and resumed at once, also where one of them refuses', async () => {
    const dry = await home.natsweep('pause', 'a', 'b', '--dry-run');
    assert.equal(dry.stdout.match(/would be paused; trials that run now finish and are recorded\.\n/g)?.length, 2);
    const paused = await home.natsweep('pause', 'a', 'nowhere', 'b');
    assert.equal(paused.code, 2);
    assert.equal(paused.stdout, '✓ Sweep "a" is paused.\n✓ Sweep "b" is paused.\n');
    assert.equal(paused.stderr, 'natsweep: There is no sweep named nowhere; "natsweep status" lists the sweeps.\n');
    assert.equal((await counts('a')).state, 'paused');
    const resumed = await home.natsweep('resume', 'b', 'a');
    assert.deepEqual([resumed.code, resumed.stdout], [0, '✓ Sweep "b" is running.\n✓ Sweep "a" is running.\n']);
  });

  await t.test('with --json each command prints one document, and what it refuses on stderr', async () => {
    const worker = async () => {
      const { workers } = JSON.parse((await home.natsweep('status', '--json')).stdout) as {
        workers: { worker: string }[];
      };
      return workers[0]!.worker;
    };
    const share = { sweep: 'a', priority: 3, weight: 1, slots: null };
    const lines: readonly (readonly [line: string, code: number, document: unknown])[] = [
      ['pause a nowhere b', 2, ['a', 'b'].map((sweep) => ({ sweep, state: 'paused' }))],
      ['pause a --dry-run', 0, [{ sweep: 'a', state: 'paused', dryRun: true }]],
      ['resume a b', 0, ['a', 'b'].map((sweep) => ({ sweep, state: 'running' }))],
      ['set priority a 3', 0, share],
      ['set weight a 2 --dry-run', 0, { sweep: 'a', weight: 2, dryRun: true }],
      ['set priority a 0', 0, { ...share, priority: 0 }],
      ['set slots a all --dry-run', 0, { sweep: 'a', slots: null, dryRun: true }],
      ['set slots 2', 0, { worker: await worker(), slots: 2, before: 2 }],
      ['cancel a --where point>3 --dry-run', 0, [{ sweep: 'a', selected: 2, dryRun: true }]],
      ['retry a', 0, { sweep: 'a', trials: 0 }],
      ['diff a.yaml', 0, { sweep: 'a', changes: [], trials: { before: 8, after: 8, kept: 8, exact: true } }],
      ['apply a.yaml', 0, { sweep: 'a', changes: [], trials: { before: 8, after: 8, kept: 8, exact: true } }],
    ];
    for (const [line, code, document] of lines) {
      const done = await home.natsweep(...line.split(' '), '--json');
      assert.deepEqual([done.code, JSON.parse(done.stdout)], [code, document], line);
    }
    for (const line of ['pause nowhere', 'retry nowhere', 'cancel a --where pont=1', 'diff nowhere.yaml']) {
      const refused = await home.natsweep(...line.split(' '), '--json');
      assert.deepEqual([refused.code, refused.stdout], [2, ''], line);
      assert.match(refused.stderr, /^natsweep: /, line);
    }
  });

  await t.test('priority, weight and slots of a running sweep are set and shown', async () => {
    const set = async (...args: readonly string[]) => (await home.natsweep('set', ...args)).stdout;
    assert.equal(await set('priority', 'b', '7'), '✓ Sweep "b" has priority 7 and weight 1.\n');
    assert.equal(await set('weight', 'b', '2.5'), '✓ Sweep "b" has priority 7 and weight 2.5.\n');
    assert.match(await set('slots', 'b', '1'), /weight 2\.5, and takes at most 1 slot\.\n$/);
    assert.equal(await set('priority', 'b', '9', '--dry-run'), 'b would have priority 9.\n');
    assert.deepEqual((await counts('b')).share, { priority: 7, weight: 2.5, slots: 1 });
    const nowhere = await home.natsweep('set', 'weight', 'nowhere', '1', '--dry-run');
    assert.deepEqual([nowhere.code, nowhere.stdout], [2, '']);
  });

  await t.test('one trial, then those that meet a condition, then the rest of a sweep are cancelled', async () => {
    const { stdout } = await home.natsweep('launch', 'a.yaml', '--dry-run', '--json', '--name', 'other');
    const [first] = (JSON.parse(stdout) as { first: { trialId: string }[] }).first;
    const one = await home.natsweep('cancel', 'a', '--trial', first!.trialId.slice(0, 14));
    assert.equal(one.stdout, '✓ 1 trial of sweep "a" cancelled.\n');
    const some = await home.natsweep('cancel', 'a', '--where', 'group=1', '--where', 'point > 2 || point == 1');
    assert.equal(some.stdout, '✓ 3 trials of sweep "a" cancelled.\n');
    assert.deepEqual((await counts('a')).byFailure, { cancelled: 4 });
    const wrong = await home.natsweep('cancel', 'a', '--where', 'pont > 2');
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /^natsweep: --where pont > 2: .*; did you mean point\?\n$/);
    assert.equal((await home.natsweep('cancel', 'a')).stdout, '✓ Sweep "a" is cancelled.\n');
    assert.equal((await counts('a')).state, 'cancelled');
  });

  await t.test('of 10^8 trials, some are selected without looking at the others', async () => {
    const dry = await home.natsweep('cancel', 'b', '--where', 'group=3', '--dry-run');
    assert.equal(dry.stdout, '100,000 trials of b would end, those of them that have no record yet.\n');
    const some = await home.natsweep('cancel', 'b', '--where', 'point > 99988');
    assert.equal(some.stdout, '✓ 12,000 trials of sweep "b" cancelled.\n');
    assert.deepEqual((await counts('b')).byFailure, { cancelled: 12_000 });
    assert.equal((await home.natsweep('cancel', 'b')).code, 0);
  });

  await t.test(
    'a changed file is shown by diff, applied to the running sweep, and only failed trials of one kind retried',
    async () => {
      const failing = (points: string) =>
        `name: f\nexperiment: diagnostic\naxes: { behaviour: [throw, crash], point: ${points} }\nlimits: { maxAttempts: 1 }\n`;
      const first = await home.natsweep('launch', home.write('f.yaml', failing('[1, 2]')), '--watch');
      assert.equal(first.code, 1, first.stderr);
      home.write('f.yaml', failing('[1, 2, 3]'));
      const diff = await home.natsweep('diff', 'f.yaml');
      assert.deepEqual([diff.code, diff.stdout.split('\n')[0]], [1, '~ axes.point: + 3']);
      const applied = await home.natsweep('apply', 'f.yaml');
      assert.equal(
        applied.stdout,
        `${diff.stdout}✓ Sweep "f" is at version 2: 6 trials, 4 of them recorded already.\n`,
      );
      assert.equal((await home.natsweep('watch', 'f')).code, 1);
      assert.equal((await home.natsweep('diff', 'f.yaml')).code, 0);
      const failures = (await counts('f')).byFailure;
      const retried = await home.natsweep('retry', 'f', '--failure', 'timeout');
      assert.equal(retried.stdout, '✓ Sweep "f" has no trials that failed as timeout.\n');
      const [kind, count] = Object.entries(failures)[0]!;
      const dry = await home.natsweep('retry', 'f', '--failure', kind, '--dry-run');
      assert.equal(dry.stdout, `Would run again: ${count} ${kind}.\n`);
      const selected = await home.natsweep(
        'retry',
        'f',
        '--where',
        'behaviour=throw',
        '--where',
        'point > 1',
        '--dry-run',
      );
      assert.equal(selected.stdout, 'Would run again: 2 crash.\n');
      const { stdout: rows } = await home.natsweep('results', 'f', '--failed', '--where', 'point == 3', '--json');
      const [{ trialId }] = JSON.parse(rows) as [{ trialId: string }];
      const part = await home.natsweep(
        'retry',
        'f',
        '--where',
        'point == 3',
        '--trial',
        trialId.slice(0, 12),
        '--json',
      );
      assert.deepEqual(JSON.parse(part.stdout), { sweep: 'f', version: 3, trials: 1 });
      const ended = await home.natsweep('watch', 'f', '--json');
      assert.deepEqual([ended.code, (JSON.parse(ended.stdout) as Counts).failed], [1, 6]);
      const kept = await home.natsweep('results', 'f@2', '--failed', '--json');
      assert.deepEqual(
        (JSON.parse(kept.stdout) as { trialId: string }[]).map((row) => row.trialId),
        [trialId],
      );
      const none = await home.natsweep('retry', 'f', '--where', 'point > 3');
      assert.deepEqual([none.code, none.stdout], [2, '']);
      assert.equal(none.stderr, 'natsweep: Of the trials of f that failed, none is selected by that.\n');
      const again = await home.natsweep('retry', 'f', '--failure', kind);
      assert.equal(again.stdout, `✓ Sweep "f" runs ${count} failed trials again.\n`);
      assert.equal((await home.natsweep('watch', 'f')).code, 1);
      assert.deepEqual((await counts('f')).byFailure, failures);
      assert.equal((await home.natsweep('verify', 'f')).code, 0);
    },
  );

  await t.test('plan --calibrate runs a trial of each group, for its time and memory', async () => {
    const file = home.write(
      'p.yaml',
      'name: p\nexperiment: diagnostic\naxes: { group: [0, 1], point: [1, 2, 3] }\nfixed: { durationMs: 30 }\n',
    );
    const { code, stdout, stderr } = await home.natsweep('plan', file, '--calibrate', '--json');
    assert.equal(code, 0, stderr);
    const { groups, slotHours } = JSON.parse(stdout) as {
      groups: { trials: number; secondsPerTrial: number; memoryBytes: number }[];
      slotHours: number;
    };
    assert.deepEqual(
      groups.map(({ trials }) => trials),
      [3, 3],
    );
    for (const { secondsPerTrial, memoryBytes } of groups) {
      assert.ok(secondsPerTrial >= 0.03);
      assert.ok(memoryBytes > 20 * 2 ** 20);
    }
    const seconds = groups.reduce((sum, { trials, secondsPerTrial }) => sum + trials * secondsPerTrial, 0);
    assert.ok(Math.abs(slotHours * 3600 - seconds) < 1e-9);
  });

  await t.test('down says what it stops', async () => {
    const stack = { home: home.path('.natsweep'), stopped: ['scheduler', 'worker'] };
    const dry = await home.natsweep('down', '--dry-run', '--json');
    assert.deepEqual(JSON.parse(dry.stdout), { ...stack, dryRun: true });
    const down = await home.natsweep('down', '--json');
    assert.deepEqual([down.code, JSON.parse(down.stdout)], [0, stack]);
    assert.deepEqual(JSON.parse((await home.natsweep('down', '--json')).stdout), { ...stack, stopped: [] });
  });
});
