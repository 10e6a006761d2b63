import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declarations, namedSweepText, namedSweeps } from '@natsweep/catalogue';
import { formatProblem, parseSweepSpec } from '@natsweep/sweep';
import { experiments } from './registry.ts';

test('the worker runs exactly the experiments that the catalogue declares', () => {
  assert.deepEqual(
    experiments.map(({ declaration }) => declaration),
    declarations,
  );
});

for (const name of namedSweeps())
  for (const size of ['smallest', 'small', 'paper'] as const)
    test(`the named sweep ${name} is valid at size ${size}`, () => {
      const result = parseSweepSpec(namedSweepText(name)!, { file: `${name}.yaml`, experiments: declarations, size });
      assert.deepEqual(result.ok ? [] : result.problems.map(formatProblem), []);
      assert.ok(result.ok && result.spec.name.startsWith(name));
    });
