import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erf } from '@natsweep/linalg/implementation';
import { applyErf } from './erf.ts';

const evaluate = (values: readonly number[]): Float64Array => {
  const out = new Float64Array(values.length);
  applyErf(out, Float64Array.from(values));
  return out;
};
const relativeError = (x: number, y: number): number => Math.abs(y / erf(x) - 1);

test('erf agrees with its series and continued fraction, both good to 1e-15', () => {
  const points = Array.from({ length: 100_000 }, (_, i) => (i - 49_999.5) * 2.3e-4);
  const worst = evaluate(points).reduce((max, y, i) => Math.max(max, relativeError(points[i]!, y)), 0);
  assert.ok(worst < 2e-15, `relative error ${worst}`);
});

test('erf of tiny, huge and undefined arguments', () => {
  const tiny = [1e-300, -1e-12, 3e-5];
  evaluate(tiny).forEach((y, i) => assert.ok(relativeError(tiny[i]!, y) < 1e-15));
  assert.deepEqual([...evaluate([0, 25, -25, Infinity, -Infinity, NaN])], [0, 1, -1, 1, -1, NaN]);
});
