import assert from 'node:assert/strict';
import { test } from 'node:test';

import { renderSparkline } from './sparkline.ts';

test('a trace over two decades is drawn on a log scale, so that each decade is a step', () => {
  assert.equal(renderSparkline([1, 0.1, 0.01, 0.001], 10), '█▆▃▁  1 → 0.001 (log)');
});

test('a narrow or signed trace is linear', () => {
  assert.equal(renderSparkline([0, 1, 2, 3], 10), '▁▃▆█  0 → 3');
  assert.equal(renderSparkline([5, 5], 10), '▁▁  5 → 5');
});

test('what was not finite is marked, never drawn', () => {
  assert.equal(renderSparkline([1, null], 10), '▁×  1 → ×');
  assert.equal(renderSparkline([null, null], 10), 'no finite value');
});

test('a long trace is thinned and keeps its ends', () => {
  const ramp = Array.from({ length: 1000 }, (_, i) => i);
  const [bars = '', ends] = renderSparkline(ramp, 8).split('  ');
  assert.equal(bars, '▁▂▃▄▅▆▇█');
  assert.equal(ends, '0 → 999');
});
