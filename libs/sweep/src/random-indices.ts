import { createPermutation } from './permutation.ts';

/** Up to `count` distinct indices of [0, size), ascending, that look random: the same ones for a seed. */
export function randomIndices(size: number, count: number, seed: number): readonly number[] {
  const { at } = createPermutation(size, seed);
  return Array.from({ length: Math.min(count, size) }, (_, i) => at(i)).sort((a, b) => a - b);
}
