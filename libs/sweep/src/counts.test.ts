import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCount, plural } from './counts.ts';

test('counts have separators and the right noun', () => {
  assert.equal(formatCount(1_000_000_000), '1,000,000,000');
  assert.equal(plural(0, 'trial'), '0 trials');
  assert.equal(plural(1, 'trial'), '1 trial');
  assert.equal(plural(2000, 'trial'), '2,000 trials');
  assert.equal(plural(2, 'entry', 'entries'), '2 entries');
});
