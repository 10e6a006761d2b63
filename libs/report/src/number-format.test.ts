import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatMeasured, formatSpread, formatValue } from './number-format.ts';

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

test('a mean and its deviation share one exponent and their last digit', () => {
  const cases: readonly [number, number, string][] = [
    [0.3291, 0.0591, '0.329 ± 0.059'],
    [0.0348, 0.00137, '0.0348 ± 0.0014'],
    [5.08e-33, 1.9e-33, '(5.1 ± 1.9)·10⁻³³'],
    [3.39e-9, 4.06e-11, '(3.390 ± 0.041)·10⁻⁹'],
    [-1.25, 0.5, '−1.25 ± 0.50'],
    [1738, 3012, '1738 ± 3012'],
    [0, 2e-5, '(0.0 ± 2.0)·10⁻⁵'],
    [2, 0, '2 ± 0'],
    [0.5, 1e-9, '0.5 ± 1·10⁻⁹'],
  ];
  for (const [mean, deviation, expected] of cases) assert.equal(formatSpread(mean, deviation), expected);
});
