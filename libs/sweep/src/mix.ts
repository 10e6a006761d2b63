/**
 * A 32-bit hash of 32-bit words with full avalanche (MurmurHash3's body and finaliser): the counter-based source of
 * the planner's random numbers. Not the generator that experiments draw weights and data from.
 */
export function mix32(...words: readonly number[]): number {
  return finish(words.reduce(mixIn, emptyMix), words.length);
}

/** The state before the first word; `finish(mixIn(mixIn(emptyMix, a), b), 2)` is `mix32(a, b)`. */
export const emptyMix = 0x9747b28c;

/** The state after one more word. */
export function mixIn(state: number, word: number): number {
  let k = Math.imul(word, 0xcc9e2d51);
  k = (k << 15) | (k >>> 17);
  let h = state ^ Math.imul(k, 0x1b873593);
  h = (h << 13) | (h >>> 19);
  return (Math.imul(h, 5) + 0xe6546b64) | 0;
}

/** As `mixIn`, with the constants of a lane of MurmurHash3's 128-bit body. */
export function mixInOtherwise(state: number, word: number): number {
  let k = Math.imul(word, 0x239b961b);
  k = (k << 15) | (k >>> 17);
  let h = state ^ Math.imul(k, 0xab0e9789);
  h = (h << 19) | (h >>> 13);
  return (Math.imul(h, 5) + 0x561ccd1b) | 0;
}

/** The hash of the words that made `state`. */
export function finish(state: number, words: number): number {
  let h = state ^ words;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** The two 32-bit words of an integer in [0, 2^53). */
export function wordsOf(integer: number): [number, number] {
  return [Math.floor(integer / 2 ** 32), integer >>> 0];
}
