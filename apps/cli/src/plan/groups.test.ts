import assert from 'node:assert/strict';
import { test } from 'node:test';

import { findDeclaration } from '@natsweep/catalogue';
import { createGrid, parseSweepSpec, type Grid } from '@natsweep/sweep';

import { countedTrials, structuralGroups, structuralKey } from './groups.ts';

const declaration = findDeclaration('diagnostic')!;

function grid(axes: string): Grid {
  const parsed = parseSweepSpec(`{ name: s, experiment: diagnostic, axes: ${axes}, where: 'group > 0 || point < 3' }`, {
    file: 's.yaml',
    experiments: [declaration],
  });
  assert.ok(parsed.ok);
  return createGrid(parsed.spec, declaration);
}

test('groups are counted exactly and named as the grid names them', () => {
  const small = grid('{ point: [1, 2, 3, 4, 5], group: [0, 1] }');
  const groups = structuralGroups(small, declaration);
  assert.deepEqual(
    groups.map(({ params, trials }) => ({ params, trials })),
    [
      { params: { group: 1 }, trials: 5 },
      { params: { group: 0 }, trials: 2 },
    ],
  );
  for (const { key, index } of groups) {
    assert.equal(key, small.structuralKey(index));
    assert.equal(key, structuralKey(small.trial(index).params, declaration));
  }
});

test('large grids are sampled: shares are right to a few percent', () => {
  const large = grid('{ point: { range: { from: 1, to: 100000 } }, group: { range: { from: 1, to: 10 } } }');
  assert.ok(large.size > countedTrials);
  const groups = structuralGroups(large, declaration);
  assert.equal(groups.length, 10);
  for (const { trials } of groups) assert.ok(Math.abs(trials / large.size - 0.1) < 0.005, `${trials}`);
});
