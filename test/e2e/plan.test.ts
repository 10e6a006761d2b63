import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Home } from './home.ts';

interface Plan {
  readonly trials: number;
  readonly slots: number;
  readonly slotMemoryBytes: number;
  readonly slotHours: number;
  readonly groups: readonly {
    readonly key: string;
    readonly trials: number;
    readonly secondsPerTrial?: number;
    readonly memoryBytes?: number;
  }[];
}

const sweep = (name: string, groups: string) =>
  `name: ${name}\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 10 } }, group: ${groups} }\nfixed: { durationMs: 20 }\n`;

test('plan estimates time and memory from earlier sweeps; what no slot can hold is refused, by launch too', async (t) => {
  const home = new Home(t);
  assert.equal((await home.natsweep('up', '--detach', '--slots', '2', '--no-metrics')).code, 0);
  const recorded = await home.natsweep('launch', home.write('first.yaml', sweep('first', '[0, 1]')), '--watch');
  assert.equal(recorded.code, 0, recorded.stderr);
  home.write('next.yaml', sweep('next', '[0, 1, 2]'));
  const plan = async (...flags: readonly string[]) => {
    const { code, stdout, stderr } = await home.natsweep('plan', 'next.yaml', '--json', ...flags);
    return { code, stderr, plan: JSON.parse(stdout) as Plan };
  };

  await t.test('by what a trial took in its structural group', async () => {
    const { code, plan: next } = await plan();
    assert.equal(code, 0);
    assert.deepEqual([next.trials, next.slots], [30, 2]);
    const [zero, one, two] = [0, 1, 2].map((group) => next.groups.find(({ key }) => key.includes(`group=${group}`)));
    for (const known of [zero, one]) {
      assert.ok(known!.secondsPerTrial! >= 0.02 && known!.secondsPerTrial! < 5, String(known!.secondsPerTrial));
      // a Node process with an engine takes tens of MiB, and this one allocated nothing to speak of
      assert.ok(known!.memoryBytes! > 20 * 2 ** 20 && known!.memoryBytes! < 2 ** 30, String(known!.memoryBytes));
    }
    assert.deepEqual([two!.secondsPerTrial, two!.memoryBytes], [undefined, undefined]);
    const seconds = 10 * (zero!.secondsPerTrial! + one!.secondsPerTrial!);
    assert.ok(Math.abs(next.slotHours * 3600 - seconds) < 1e-9);
    assert.ok(next.slotMemoryBytes > one!.memoryBytes!);
  });

  await t.test('so many slots that each has next to nothing', async () => {
    const { code, stderr } = await plan('--slots', '100000');
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^natsweep: 2 groups of trials cannot fit each of 100,000 slots of this machine, which has \d+ MiB:\n/,
    );
    assert.match(stderr, /10 trials with .*group=0.*: \d+ MiB each\n/);
    assert.match(stderr, /Use fewer slots \("natsweep set slots N"/);
  });

  await t.test('launch refuses, says why, queues nothing, and does as it is told', async () => {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(home.path('.natsweep', 'results.sqlite'), { timeout: 10_000 });
    database.exec('update trials_1 set peak_memory_bytes = 1e15');
    database.close();
    for (const flags of [[], ['--dry-run']]) {
      const refused = await home.natsweep('launch', 'next.yaml', ...flags);
      assert.equal(refused.code, 2);
      assert.equal(refused.stdout, '');
      assert.match(
        refused.stderr,
        /2 groups of trials cannot fit the largest of 2 slots of 1 worker, which has \S+ [GM]iB:\n/,
      );
      assert.match(refused.stderr, /931322\.6 GiB each/);
    }
    assert.equal((await home.natsweep('status', 'next')).code, 2);
    const told = await home.natsweep('launch', 'next.yaml', '--no-memory-check', '--watch');
    assert.equal(told.code, 0, told.stderr);
    assert.match(told.stdout, /30 of 30 trials recorded/);
  });
});
