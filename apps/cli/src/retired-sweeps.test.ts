import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';

import { PlantedHome } from '../testing/planted-home.ts';

test('what a retry leaves behind is to be seen by its name, and is no sweep among the others', async (t) => {
  const home = new PlantedHome(t);
  const yaml = 'name: s\nexperiment: diagnostic\naxes: { point: [1, 2, 3] }\n';
  await home.plant(
    yaml,
    () => ({ metrics: { value: 1 } }),
    async (store) => {
      const { spec, planned } = (await store.getSweep('s'))!;
      const place = ({ index }: { readonly index: number }) => (index === 1 ? undefined : index);
      await store.applyVersion('s', { spec, planned, commandId: 'retry', appliedAtMs: 1, place });
    },
  );
  const { sweeps } = JSON.parse((await home.natsweep('status', '--json')).out) as { sweeps: { name: string }[] };
  assert.deepEqual(
    sweeps.map(({ name }) => name),
    ['s'],
  );
  const one = await home.natsweep('status', 's@1');
  assert.match(one.out, /^state +cancelled \(trials of version 1 that s no longer plans\)$/m);
  assert.equal((JSON.parse((await home.natsweep('results', 's@1', '--json')).out) as unknown[]).length, 1);
  const verified = await home.natsweep('verify', 's@1');
  assert.deepEqual(
    [verified.code, verified.out],
    [0, '✓ s@1: 1 record of an earlier version of s, 0 duplicate, 0 misplaced, 0 damaged.\n'],
  );
  const facts = JSON.parse((await home.natsweep('verify', 's@1', '--json')).out) as object;
  assert.deepEqual(facts, {
    ...{ sweep: 's@1', planned: 3, recorded: 1, missing: null, duplicates: 0, misplaced: 0, damaged: 0 },
    ...{ problems: [], clean: true },
  });
  const retried = await home.natsweep('retry', 's@1', '--dry-run');
  assert.deepEqual([retried.code, retried.out], [2, '']);
  assert.match(retried.err, /^natsweep: s@1 keeps what was recorded before a retry or a change/);
  const unknown = await home.natsweep('status', 's@2');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /^natsweep: There is no sweep named s@2; /);
});

test('a record of an earlier version that was changed since is found', async (t) => {
  const home = new PlantedHome(t);
  const yaml = 'name: s\nexperiment: diagnostic\naxes: { point: [1, 2] }\n';
  await home.plant(
    yaml,
    () => ({ metrics: { value: 1 } }),
    async (store) => {
      const { spec, planned } = (await store.getSweep('s'))!;
      await store.applyVersion('s', { spec, planned, commandId: 'retry', appliedAtMs: 1, place: () => undefined });
    },
  );
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
  const database = new DatabaseSync(join(home.folder, 'results.sqlite'));
  for (const { name } of database
    .prepare("select name from sqlite_master where type = 'table' and name like 'trials_%'")
    .all())
    database.exec(`update ${String(name)} set elapsed_seconds = elapsed_seconds + 1 where trial_index = 0`);
  database.close();
  const { code, out } = await home.natsweep('verify', 's@1');
  assert.equal(code, 1);
  assert.match(
    out,
    /^✗ s@1: 2 records of an earlier version of s, 0 duplicate, 0 misplaced, 1 damaged\.\n {2}trial \S+ differs/,
  );
});
