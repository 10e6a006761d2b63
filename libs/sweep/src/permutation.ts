import { mix32, wordsOf } from './mix.ts';

const ROUNDS = 6;

/**
 * A pseudo-random bijection of [0, size) onto itself in O(1) memory: a balanced Feistel network on the smallest even
 * number of bits that holds `size`, walked along its cycle until it lands inside. Expected walks: fewer than four.
 */
export function createPermutation(size: number, seed: number): (index: number) => number {
  if (size <= 1) return (index) => index;
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

  return (index) => {
    let image = encrypt(index);
    while (image >= size) image = encrypt(image);
    return image;
  };
}
