import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPermutation } from './permutation.ts';

test('a permutation of any size is a bijection of [0, size)', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(), (size, seed) => {
      const { at, indexOf } = createPermutation(size, seed);
      const images = new Set(Array.from({ length: size }, (_, i) => at(i)));
      for (let i = 0; i < size; i++) assert.equal(indexOf(at(i)), i);
      assert.equal(images.size, size);
      assert.ok([...images].every((image) => Number.isInteger(image) && image >= 0 && image < size));
    }),
    { numRuns: 60 },
  );
});

test('seeds give different orders, and an order is no near-identity', () => {
  const [a, b] = [createPermutation(1000, 1).at, createPermutation(1000, 2).at];
  const indices = Array.from({ length: 1000 }, (_, i) => i);
  assert.ok(indices.filter((i) => a(i) === b(i)).length < 20);
  assert.ok(indices.filter((i) => Math.abs(a(i) - i) < 10).length < 60);
});

test('sizes near 2^53 stay exact integers in range', () => {
  const size = 2 ** 53 - 1;
  const { at, indexOf } = createPermutation(size, 7);
  for (const index of [0, 1, 2 ** 32, size - 1]) {
    const image = at(index);
    assert.equal(indexOf(image), index);
    assert.ok(Number.isSafeInteger(image) && image >= 0 && image < size);
  }
});
