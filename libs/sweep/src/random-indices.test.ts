import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { randomIndices } from './random-indices.ts';

test('the same distinct indices for a seed, all of them where no more are there', () => {
  const cases = fc.tuple(fc.integer({ min: 1, max: 2 ** 53 - 1 }), fc.nat(50), fc.nat());
  fc.assert(
    fc.property(cases, ([size, count, seed]) => {
      const indices = randomIndices(size, count, seed);
      assert.equal(new Set(indices).size, Math.min(count, size));
      assert.ok(indices.every((index, i) => index >= 0 && index < size && !(indices[i - 1]! >= index)));
      assert.deepEqual(randomIndices(size, count, seed), indices);
    }),
  );
  assert.deepEqual(randomIndices(4, 9, 1), [0, 1, 2, 3]);
  assert.notDeepEqual(randomIndices(1e9, 3, 1), randomIndices(1e9, 3, 2));
});

test('they are spread: a tenth of the range holds a tenth of them', () => {
  const seeds = Array.from({ length: 1000 }, (_, seed) => seed);
  const low = seeds.flatMap((seed) => randomIndices(1e9, 3, seed)).filter((index) => index < 1e8).length;
  assert.ok(low > 230 && low < 370, `${low} of 3000`);
});
