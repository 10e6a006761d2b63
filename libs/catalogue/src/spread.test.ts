import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatNumber, formatSpread, logLogSlope, maximum, minimum, spread, standardError } from './spread.ts';

test('mean and sample standard deviation', () => {
  assert.deepEqual(spread([1, 2, 3, 4]), { count: 4, mean: 2.5, deviation: Math.sqrt(5 / 3) });
  assert.deepEqual(spread([7]), { count: 1, mean: 7, deviation: 0 });
  assert.equal(standardError([1, 2, 3, 4]), Math.sqrt(5 / 12));
  assert.equal(standardError([7]), undefined);
  assert.equal(formatSpread([0.04, 0.0412345]), '0.0406 ± 0.000873 (2 trials)');
  assert.equal(formatSpread([0.04, Infinity, 0.0412345], 'pairs'), '0.0406 ± 0.000873 (2 pairs), 1 without a value');
  assert.equal(formatSpread([-Infinity]), 'no value in 1 trials');
  assert.deepEqual([-Infinity, 1 / 3, Infinity].map(formatNumber), ['−∞', '0.333', '∞']);
});

test('the log-log slope of c x^p is p, and one x alone has none', () => {
  const points = [16, 64, 256].map((x) => ({ x, y: 3 * x ** -0.5 }));
  assert.ok(Math.abs(logLogSlope(points)! + 0.5) < 1e-12);
  assert.equal(
    logLogSlope([
      { x: 4, y: 1 },
      { x: 4, y: 2 },
    ]),
    undefined,
  );
});

test('extremes of as many values as a large sweep has, and of none', () => {
  const values = Array.from({ length: 300_000 }, (_, i) => Math.abs(i - 1000));
  assert.deepEqual([minimum(values), maximum(values)], [0, 298_999]);
  assert.deepEqual([minimum([]), maximum([]), maximum([1, NaN, 2])], [Infinity, -Infinity, NaN]);
});
