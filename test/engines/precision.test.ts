/** A sweep over `precision`, from its file to what is recorded, on each engine that serves it and on one that does not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findOpenblas } from '@natsweep/linalg-openblas';
import { findTensorflow } from '@natsweep/linalg-tfjs';

import { Home } from '../e2e/home.ts';

const sweep = `
name: precision
experiment: tangent-kernel
axes: { precision: [float64, float32], method: [egf, ngd] }
fixed: { size: 5 }
limits: { maxAttempts: 3 }
`;

interface Exported {
  readonly 'params.precision': string;
  readonly precision: string | null;
  readonly engine: string | null;
  readonly failure: string | null;
}

async function run(home: Home, engine: string): Promise<readonly Exported[]> {
  const up = home.start('up', '--slots', '1', '--engine', engine, '--no-metrics');
  await up.until(/Ready: 1 slot/);
  const launched = await home.natsweep('launch', home.write('precision.yaml', sweep), '--watch');
  assert.match(launched.stdout, /4 of 4 trials recorded/, launched.stderr);
  const exported = await home.natsweep('results', 'precision', '--jsonl');
  up.interrupt();
  await up.end();
  assert.equal(exported.code, 0, exported.stderr);
  return exported.stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Exported);
}

for (const [engine, library] of [
  ['openblas', findOpenblas()],
  ['tfjs', findTensorflow()],
] as const)
  test(`${engine} computes each trial in the precision that it asks for, and the observation says so`, async (t) => {
    if (!library.found) return t.skip(`${library.reason}. ${library.fix}`);
    const rows = await run(new Home(t), engine);
    assert.equal(rows.length, 4);
    for (const row of rows) {
      assert.equal(row.failure, null);
      assert.equal(row.engine, engine);
      assert.equal(row.precision, row['params.precision']);
    }
    assert.equal(rows.filter(({ precision }) => precision === 'float32').length, 2);
  });

test('an engine without float32 fails those trials as engine, and computes the others', async (t) => {
  const rows = await run(new Home(t), 'reference');
  for (const row of rows) assert.equal(row.failure, row['params.precision'] === 'float32' ? 'engine' : null);
});
