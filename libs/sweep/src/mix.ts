/**
 * A 32-bit hash of 32-bit words with full avalanche (MurmurHash3's body and finaliser): the counter-based source of
 * the planner's random numbers. Not the generator that experiments draw weights and data from.
 */
export function mix32(...words: readonly number[]): number {
  let h = 0x9747b28c;
  for (const word of words) {
    let k = Math.imul(word, 0xcc9e2d51);
    k = (k << 15) | (k >>> 17);
    h ^= Math.imul(k, 0x1b873593);
    h = (h << 13) | (h >>> 19);
    h = (Math.imul(h, 5) + 0xe6546b64) | 0;
  }
  h ^= words.length;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The two 32-bit words of an integer in [0, 2^53). */
export function wordsOf(integer: number): [number, number] {
  return [Math.floor(integer / 2 ** 32), integer >>> 0];
}
