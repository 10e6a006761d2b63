import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

test('the details of a sweep tell its place among the others, and how many slots it may take', async (t) => {
  const home = new PlantedHome(t);
  const sweep = (name: string, share: string) =>
    home.plant(`name: ${name}\nexperiment: diagnostic\naxes: { point: [1, 2] }\n${share}`, () => ({ metrics: {} }));
  await sweep('free', '');
  await sweep('held', 'priority: 5\nweight: 0.5\nslots: 2\n');
  assert.match((await home.natsweep('status', 'free')).out, /^share +priority 0, weight 1$/m);
  assert.match((await home.natsweep('status', 'held')).out, /^share +priority 5, weight 0.5, at most 2 slots$/m);
  const { share } = JSON.parse((await home.natsweep('status', 'held', '--json')).out) as { share: unknown };
  assert.deepEqual(share, { priority: 5, weight: 0.5, slots: 2 });
});
