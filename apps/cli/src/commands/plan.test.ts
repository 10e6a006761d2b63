import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

test('a thousand million trials are counted exactly, with what is excluded, the first and some random ones', async (t) => {
  const home = new PlantedHome(t);
  const file = join(home.folder, 'large.yaml');
  const thousand = '{ range: { from: 1, to: 1000 } }';
  writeFileSync(
    file,
    `name: large\nexperiment: diagnostic\naxes: { point: ${thousand}, group: ${thousand} }\nwhere: "point != group"\nrepeats: 1000\n`,
  );
  const { code, out, err } = await home.natsweep('plan', file);
  assert.equal(code, 0, err);
  assert.match(err, /large: 999,000,000 trials \(1,000,000 excluded by "where"\) of diagnostic/);
  assert.match(err, /The first 3 and some random trials/);
  const shown = [...out.matchAll(/^ *(\d+) +t[0-9a-f]+/gm)].map(([, index]) => Number(index));
  assert.deepEqual(shown.slice(0, 3), [0, 1, 2]);
  assert.ok(shown.slice(3).some((index) => index > 3));
  assert.equal((await home.natsweep('plan', file)).out, out, 'a plan of the same sweep shows the same trials');
});

test('a sweep file of 100 MB is refused by its size', async (t) => {
  const home = new PlantedHome(t);
  const file = join(home.folder, 'huge.yaml');
  writeFileSync(file, '');
  truncateSync(file, 100 * 2 ** 20);
  const { code, err } = await home.natsweep('plan', file);
  assert.equal(code, 2);
  assert.match(err, /huge\.yaml: a sweep file has at most 1 MiB, this one has 100\.0 MiB/);
});
