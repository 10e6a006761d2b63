import assert from 'node:assert/strict';
import { test } from 'node:test';
import { studentT95 } from './student-t.ts';

test('two-sided 95 % points of the printed tables', () => {
  const table = [
    [1, 12.706204736],
    [2, 4.30265273],
    [3, 3.182446305],
    [4, 2.776445105],
    [9, 2.262157163],
    [29, 2.045229642],
    [99, 1.984216952],
  ] as const;
  for (const [degrees, expected] of table) assert.ok(Math.abs(studentT95(degrees) - expected) < 2e-9, `${degrees}`);
});

test('two degrees of freedom have a closed form: t = (1 − 2a)·√(2/(4a(1 − a))) at a = 0.025', () => {
  const a = 0.025;
  assert.ok(Math.abs(studentT95(2) - (1 - 2 * a) * Math.sqrt(2 / (4 * a * (1 - a)))) < 1e-11);
});

test('tends to the normal distribution', () => {
  assert.ok(Math.abs(studentT95(1e7) - 1.959963984540054) < 1e-6);
});

test('refuses fewer than one degree of freedom', () => {
  assert.throws(() => studentT95(0), RangeError);
});
