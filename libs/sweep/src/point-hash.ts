import { emptyMix, finish, mixIn, mixInOtherwise } from './mix.ts';

/**
 * What tells points apart: the combination of every component, then the value of every continuous axis, NaN where it is
 * absent. A million of these are compared in the time of making the parameters of a tenth of them.
 */
export type Digits = Float64Array;

/** Two words of 32 bits, each mixed with constants of its own: points that meet in one meet in the other by chance alone. */
export interface PointHash {
  readonly high: number;
  readonly low: number;
}

const one = new Float64Array(1);
const words = new Uint32Array(one.buffer);

/** Over the bits of all digits. */
export function hashOf(digits: Digits): PointHash {
  let high = emptyMix;
  let low = emptyMix;
  for (let d = 0; d < digits.length; d++) {
    // NaN may have any of many bit patterns, and 0 a sign: both are made one
    one[0] = digits[d]! + 0;
    const [a, b] = Number.isNaN(one[0]) ? [0xffffffff, 0xffffffff] : [words[0]!, words[1]!];
    high = mixIn(mixIn(high, a), b);
    low = mixInOtherwise(mixInOtherwise(low, a), b);
  }
  return { high: finish(high, digits.length), low: finish(low, digits.length) };
}
