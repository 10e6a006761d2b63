import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertClose } from '@natsweep/linalg/testing';
import { logitGrowth } from './logit-growth.ts';

const times = Array.from({ length: 41 }, (_, i) => i / 4);
const growthOf = (u: (t: number) => number) => logitGrowth(times, times.map(u));

test('the exponent of a power law is found whatever it starts from, and that of a logarithm is 0', () => {
  for (const [power, tolerance] of [
    [0.5, 0.01],
    [1, 1e-9],
    [2, 1e-9],
  ] as const)
    for (const start of [-20, 0, 7])
      assertClose(growthOf((t) => start + 3 * t ** power).exponent, power, { rtol: 0, atol: tolerance });
  assertClose(growthOf((t) => Math.log(1 + 50 * t)).exponent, 0, { rtol: 0, atol: 0.02 });
  assert.ok(growthOf((t) => Math.exp(t)).exponent > 5);
});

test('the rate is per unit of time', () => {
  assertClose(growthOf((t) => 5 + 0.3 * t).rate, 0.3);
});

test('what does not grow, or is too short to tell, has no exponent', () => {
  assert.ok(Number.isNaN(growthOf((t) => -t).exponent));
  assert.ok(Number.isNaN(growthOf((t) => Math.min(t, 6)).exponent));
  assert.ok(Number.isNaN(growthOf(() => NaN).exponent));
  assert.deepEqual(logitGrowth([0, 1, 2, 3], [0, 1, 2, 3]), { rate: NaN, exponent: NaN });
});
