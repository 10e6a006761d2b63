import assert from 'node:assert/strict';
import { test } from 'node:test';
import { philox } from './philox.ts';

const F = 0xffffffff;
/** Known answers of the authors' library Random123 (`kat_vectors`, philox4x32-10). */
const knownAnswers = [
  { counter: [0, 0, 0, 0], key: [0, 0], words: [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8] },
  { counter: [F, F, F, F], key: [F, F], words: [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd] },
  {
    counter: [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    key: [0xa4093822, 0x299f31d0],
    words: [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  },
];

test('philox gives the known answers of Random123', () => {
  const block = new Uint32Array(4);
  for (const { counter, key, words } of knownAnswers) {
    philox(block, Uint32Array.from(counter), Uint32Array.from(key));
    assert.deepEqual([...block], words);
  }
});

test('philox agrees with the same rounds in exact integers', () => {
  const block = new Uint32Array(4);
  for (let i = 0; i < 500; i++) {
    const word = (n: number) => Math.imul(i * 4 + n + 1, 0x9e3779b1) >>> 0;
    const counter = Uint32Array.of(word(0), word(1), word(2), word(3));
    const key = Uint32Array.of(word(5), word(6));
    philox(block, counter, key);
    assert.deepEqual([...block], exactPhilox(counter, key));
  }
});

function exactPhilox(counter: Uint32Array, key: Uint32Array): number[] {
  let c = Array.from(counter, BigInt);
  let k = Array.from(key, BigInt);
  const mask = 0xffffffffn;
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c[0]!;
    const product1 = 0xcd9e8d57n * c[2]!;
    c = [(product1 >> 32n) ^ c[1]! ^ k[0]!, product1 & mask, (product0 >> 32n) ^ c[3]! ^ k[1]!, product0 & mask];
    k = [(k[0]! + 0x9e3779b9n) & mask, (k[1]! + 0xbb67ae85n) & mask];
  }
  return c.map(Number);
}
