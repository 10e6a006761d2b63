import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { PlantedHome } from '../../testing/planted-home.ts';

const { wideFinding, wideSweep } = await import('@natsweep/report/testing');

test('rules are compared with gradient descent over all that only they have, as table, plot and files', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(wideSweep, (trial) => wideFinding(trial));
  const files = ['html', 'svg'].map((format) => join(home.folder, `comparison.${format}`));
  const { code, out } = await home.natsweep(
    ...['compare', 'planted-wide', '--by', 'approximation'],
    ...['--html', files[0]!, '--svg', files[1]!],
  );
  assert.equal(code, 0);
  assert.match(out, /mean over damping/);
  assert.match(out, /^exact +12 .* 100 %/m);
  assert.match(out, /^kfac +.*●/m);
  for (const file of files) assert.match(readFileSync(file, 'utf8'), /block-tridiagonal/);
});

test('--where leaves trials out and --ignore averages over what else differs', async (t) => {
  const home = new PlantedHome(t);
  await home.plant(wideSweep, (trial) => wideFinding(trial));
  const pairs = async (...options: readonly string[]) => {
    const { out } = await home.natsweep('compare', 'planted-wide', '--by', 'approximation', '--json', ...options);
    const { rows } = JSON.parse(out) as { rows: readonly { pairs: number; averagedOver: readonly string[] }[] };
    return rows[0]!;
  };
  assert.deepEqual((await pairs('--where', 'width=256')).pairs, 6);
  const ignoring = await pairs('--ignore', 'width,depth');
  assert.equal(ignoring.pairs, 3);
  assert.deepEqual([...ignoring.averagedOver].sort(), ['damping', 'depth', 'width']);
  const { code, err } = await home.natsweep('compare', 'planted-wide', '--by', 'approximation', '--ignore', 'widht');
  assert.equal(code, 2);
  assert.match(err, /--ignore widht: did you mean width\?/);
});
