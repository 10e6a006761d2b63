import { mix32, wordsOf } from './mix.ts';

const ROUNDS = 6;

/** A bijection of [0, size) onto itself. */
export interface Permutation {
  readonly at: (index: number) => number;
  readonly indexOf: (image: number) => number;
}

/**
 * A pseudo-random bijection of [0, size) onto itself in O(1) memory: a balanced Feistel network on the smallest even
 * number of bits that holds `size`, walked along its cycle until it lands inside. Expected walks: fewer than four.
 */
export function createPermutation(size: number, seed: number): Permutation {
  if (size <= 1) return { at: (index) => index, indexOf: (image) => image };
  const half = Math.ceil(Math.ceil(Math.log2(size)) / 2) || 1;
  const radix = 2 ** half;
  const [seedHigh, seedLow] = wordsOf(seed);

  const encrypt = (index: number): number => {
    let left = Math.floor(index / radix);
    let right = index % radix;
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = (left ^ mix32(seedHigh, seedLow, round, right)) >>> 0;
      left = right;
      right = mixed % radix;
    }
    return left * radix + right;
  };

  const decrypt = (image: number): number => {
    let left = Math.floor(image / radix);
    let right = image % radix;
    for (let round = ROUNDS - 1; round >= 0; round--) {
      const mixed = (right ^ mix32(seedHigh, seedLow, round, left)) >>> 0;
      right = left;
      left = mixed % radix;
    }
    return left * radix + right;
  };

  const walk = (step: (index: number) => number) => (start: number) => {
    let index = step(start);
    while (index >= size) index = step(index);
    return index;
  };
  return { at: walk(encrypt), indexOf: walk(decrypt) };
}
