import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

test('a trial that has no record is counted as missing, and ends verify as a negative answer', async (t) => {
  const home = new PlantedHome(t);
  const yaml = 'name: s\nexperiment: diagnostic\naxes: { point: [1, 2, 3] }\n';
  await home.plant(yaml, ({ index }) => (index === 1 ? undefined : { metrics: {} }));
  const { code, out, err } = await home.natsweep('verify', 's');
  assert.equal(code, 1);
  assert.match(err, /s has not ended: what is missing is yet to come\.\n$/);
  assert.match(out, /^✗ s: 3 planned, 2 recorded, 1 missing, 0 duplicate, 0 misplaced, 0 damaged\.\n/);
  const json = JSON.parse((await home.natsweep('verify', 's', '--json')).out) as { clean: boolean; missing: number };
  assert.deepEqual([json.clean, json.missing], [false, 1]);
});
