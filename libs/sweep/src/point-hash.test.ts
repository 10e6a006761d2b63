import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hashOf } from './point-hash.ts';

/** x with a·x = 1 modulo 2^32, for an odd a, by Newton's iteration. */
function inverse(a: number): number {
  let x = a;
  for (let bits = 3; bits < 32; bits *= 2) x = Math.imul(x, 2 - Math.imul(a, x));
  return x;
}

/** The word that MurmurHash3's 32-bit body turns into k before it is mixed in. */
function wordOf(k: number): number {
  const rotated = Math.imul(k, inverse(0x1b873593));
  return Math.imul((rotated >>> 15) | (rotated << 17), inverse(0xcc9e2d51));
}

const digit = (low: number, high: number) => new Float64Array(Int32Array.of(low, high).buffer);

test('points whose first words are made to meet differ in the second', () => {
  for (let k = 0; k < 1000; k++) {
    // a change in bit 18 goes to bit 31 of the state, whatever the state is, where the next word takes it back
    const one = digit(wordOf(k), wordOf(3 * k));
    const other = digit(wordOf(k ^ (1 << 18)), wordOf((3 * k) ^ (1 << 31)));
    if (Number.isNaN(one[0]) || Number.isNaN(other[0])) continue;
    assert.notEqual(one[0], other[0]);
    assert.equal(hashOf(one).high, hashOf(other).high);
    assert.notEqual(hashOf(one).low, hashOf(other).low);
  }
});

test('0 is one digit and an absent one another, whatever their bits', () => {
  assert.deepEqual(hashOf(Float64Array.of(-0, 1)), hashOf(Float64Array.of(0, 1)));
  assert.deepEqual(hashOf(digit(1, 0x7ff80000)), hashOf(digit(0, -1)));
  assert.notDeepEqual(hashOf(Float64Array.of(NaN)), hashOf(Float64Array.of(0)));
  assert.notDeepEqual(hashOf(Float64Array.of(0)), hashOf(Float64Array.of(0, 0)));
});
