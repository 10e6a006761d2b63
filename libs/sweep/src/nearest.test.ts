import assert from 'node:assert/strict';
import { test } from 'node:test';
import { editDistance, nearest } from './nearest.ts';

test('distance counts insertions, deletions, substitutions and swaps of neighbours once each', () => {
  assert.equal(editDistance('damping', 'damping'), 0);
  assert.equal(editDistance('dampng', 'damping'), 1);
  assert.equal(editDistance('dapming', 'damping'), 1);
  assert.equal(editDistance('', 'abc'), 3);
  assert.equal(editDistance('kitten', 'sitting'), 3);
});

test('the nearest candidate is named, a far-fetched one is not', () => {
  const keys = ['depth', 'width', 'damping', 'approximation'];
  assert.equal(nearest('dampng', keys), 'damping');
  assert.equal(nearest('Width', keys), 'width');
  assert.equal(nearest('aproximaton', keys), 'approximation');
  assert.equal(nearest('momentum', keys), undefined);
  assert.equal(nearest('x', []), undefined);
});
