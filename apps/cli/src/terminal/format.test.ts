import assert from 'node:assert/strict';
import { test } from 'node:test';

import { formatAge, formatDuration, formatNumber, formatRate } from './format.ts';

test('durations show their two largest units', () => {
  const cases: readonly (readonly [seconds: number, text: string])[] = [
    [0.0123, '12 ms'],
    [1, '1 s'],
    [2.649, '2.6 s'],
    [9.96, '10 s'],
    [59.6, '1 min'],
    [200, '3 min 20 s'],
    [7500, '2 h 5 min'],
    [3600, '1 h'],
    [97_200, '1 d 3 h'],
  ];
  for (const [seconds, text] of cases) assert.equal(formatDuration(seconds), text);
});

test('rates choose the unit in which the number is at least 1', () => {
  assert.equal(formatRate(1234.5), '1230/s');
  assert.equal(formatRate(0.25), '15/min');
  assert.equal(formatRate(0.001), '3.6/h');
});

test('numbers keep significant digits and turn scientific where plain notation would hide them', () => {
  assert.equal(formatNumber(0), '0');
  assert.equal(formatNumber(4096), '4096');
  assert.equal(formatNumber(0.123456), '0.1235');
  assert.equal(formatNumber(1e-12), '1e-12');
  assert.equal(formatNumber(-1.2345e-7), '-1.23e-7');
  assert.equal(formatNumber(2.5e9), '2.5e+9');
  assert.equal(formatNumber(Infinity), 'Infinity');
});

test('an age names one unit and is never zero', () => {
  assert.equal(formatAge(1000, 1000), '1 s ago');
  assert.equal(formatAge(0, 3_700_000), '1 h ago');
});
