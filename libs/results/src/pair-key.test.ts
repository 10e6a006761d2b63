import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { bigintOf, pairKey, valueKey } from './pair-key.ts';

const params = { approximation: 'kfac', depth: 3, bias: true };

test('is the exclusive or of 62 bits of a hash of each parameter and of the seed', () => {
  const parts = [
    ['params.approximation', 'kfac'],
    ['params.depth', 3],
    ['params.bias', true],
    ['seed', 7],
  ];
  const expected = parts.reduce((key, part) => {
    const digest = createHash('sha256').update(JSON.stringify(part)).digest();
    const [high, low] = [digest.readUInt32LE(0), digest.readUInt32LE(4)].map((half) => BigInt(half) >> 1n);
    return key ^ (high! * 2n ** 31n + low!);
  }, 0n);
  assert.equal(pairKey(params, 7), expected);
  assert.equal(pairKey({ depth: 3, bias: true, approximation: 'kfac' }, 7), expected);
});

test('trials that differ in one parameter agree without it, and in nothing else', () => {
  const without = (value: string, seed = 7, depth = 3) =>
    pairKey({ ...params, depth, approximation: value }, seed) ^ bigintOf(valueKey('approximation', value));
  assert.equal(without('exact'), without('kfac'));
  const { approximation: _, ...others } = params;
  assert.equal(without('exact'), pairKey(others, 7));
  assert.equal(new Set([without('exact'), without('exact', 8), without('exact', 7, 4)]).size, 3);
});

test('values of other types and equal values of other parameters are other values', () => {
  const keys = [1, '1', true, 'true', ''].map((value) => pairKey({ rank: value }, 0));
  assert.equal(new Set([...keys, pairKey({ rnk: 1 }, 0), pairKey({ rank: 0 }, 1)]).size, 7);
  assert.equal(pairKey({ rank: -0 }, 0), pairKey({ rank: 0 }, 0));
});

test('keys of a large grid are distinct', () => {
  const keys = new Set<bigint>();
  for (let depth = 0; depth < 50; depth++)
    for (let width = 0; width < 50; width++)
      for (let seed = 0; seed < 40; seed++) keys.add(pairKey({ depth, width }, seed));
  assert.equal(keys.size, 100_000);
});
