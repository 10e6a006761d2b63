import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_SOBOL_DIMENSIONS, directionNumbers, sobolInteger } from './sobol.ts';

const dimensions = Array.from({ length: MAX_SOBOL_DIMENSIONS }, (_, d) => directionNumbers(d));

test('every dimension alone is a permutation of the 2^k equal intervals, k up to 12', () => {
  for (const directions of dimensions) {
    for (const k of [1, 5, 12]) {
      const cells = Array.from({ length: 2 ** k }, (_, i) => sobolInteger(directions, i) >>> (32 - k));
      assert.equal(new Set(cells).size, 2 ** k);
    }
  }
});

test('the first two dimensions form a (0, 2)-sequence: every dyadic box of volume 2^-k holds one of 2^k points', () => {
  const k = 8;
  for (let a = 0; a <= k; a++) {
    const boxes = Array.from({ length: 2 ** k }, (_, i) => {
      const x = a === 0 ? 0 : sobolInteger(dimensions[0]!, i) >>> (32 - a);
      const y = a === k ? 0 : sobolInteger(dimensions[1]!, i) >>> (32 - (k - a));
      return x * 2 ** k + y;
    });
    assert.equal(new Set(boxes).size, 2 ** k, `boxes of 2^-${a} by 2^-${k - a}`);
  }
});

test('no two dimensions are the same sequence', () => {
  const prints = dimensions.map((directions) =>
    Array.from({ length: 256 }, (_, i) => sobolInteger(directions, i)).join(),
  );
  assert.equal(new Set(prints).size, MAX_SOBOL_DIMENSIONS);
});

test('product integrals converge as quasi-Monte Carlo promises, in all dimensions together', () => {
  // the integral of prod_d (1 + (x_d - 1/2) / (d + 1)) over the unit cube is 1
  const points = 2 ** 12;
  let sum = 0;
  for (let i = 0; i < points; i++) {
    sum += dimensions.reduce((p, v, d) => p * (1 + ((sobolInteger(v, i) + 0.5) / 2 ** 32 - 0.5) / (d + 1)), 1);
  }
  assert.ok(Math.abs(sum / points - 1) < 2e-3, `integral ${sum / points}`);
});
