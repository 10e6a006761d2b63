import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMeasured, formatValue } from './number-format.ts';

test('measured numbers have three significant digits and powers of ten where a paper would write them', () => {
  const cases: readonly [number | null, string][] = [
    [0.04129, '0.0413'],
    [-12.345, '−12.3'],
    [99_999, '100000'],
    [123_456, '1.23·10⁵'],
    [5.08e-33, '5.08·10⁻³³'],
    [-0.00042, '−4.2·10⁻⁴'],
    [0, '0'],
    [null, '–'],
  ];
  for (const [value, expected] of cases) assert.equal(formatMeasured(value), expected);
});

test('parameter values keep all their digits', () => {
  const cases: readonly [unknown, string][] = [
    [1e-6, '10⁻⁶'],
    [1e-12, '10⁻¹²'],
    [2.5e-7, '2.5·10⁻⁷'],
    [65_536, '65536'],
    [0.3333, '0.3333'],
    [-4, '−4'],
    [0, '0'],
    [1, '1'],
    [100_000, '10⁵'],
    ['kfac', 'kfac'],
    [false, 'false'],
  ];
  for (const [value, expected] of cases) assert.equal(formatValue(value), expected);
});
