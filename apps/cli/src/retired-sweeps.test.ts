import assert from 'node:assert/strict';
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
  for (const line of [
    ['verify', 's@1'],
    ['retry', 's@1', '--dry-run'],
  ] as const) {
    const { code, out, err } = await home.natsweep(...line);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, /^natsweep: s@1 keeps what was recorded before a retry or a change/);
  }
  const unknown = await home.natsweep('status', 's@2');
  assert.equal(unknown.code, 2);
  assert.match(unknown.err, /^natsweep: There is no sweep named s@2; /);
});
