import { createHash } from 'node:crypto';
import { philox } from './philox.ts';

const TWO_PI = 2 * Math.PI;

/**
 * Random numbers that depend only on (seed, purpose) and on the order of the calls: Philox4x32-10 under a key hashed from
 * both, counting up. Streams of different purposes or seeds are independent. Every call begins at a new counter, so what
 * one call returns does not depend on how many words the call before it left unused.
 */
export class RandomStream {
  readonly #key: Uint32Array;
  readonly #counter = new Uint32Array(4);
  readonly #block = new Uint32Array(4);

  /** @param seed a safe integer @param purpose what the numbers are for, as in 'weights/layer1' */
  constructor(seed: number, purpose: string) {
    if (!Number.isSafeInteger(seed)) throw new RangeError(`RandomStream: seed ${seed} is not a safe integer`);
    const digest = createHash('sha256').update(`${seed}\n${purpose}`).digest();
    this.#key = Uint32Array.of(digest.readUInt32LE(0), digest.readUInt32LE(4));
  }

  /** n numbers uniform on [0, 1), multiples of 2⁻⁵³. */
  uniforms(n: number): Float64Array {
    const values = new Float64Array(n);
    for (let i = 0; i < n; i += 2) {
      const words = this.#next();
      values[i] = unit(words[0]!, words[1]!);
      if (i + 1 < n) values[i + 1] = unit(words[2]!, words[3]!);
    }
    return values;
  }

  /** n standard normal numbers, in pairs √(−2 ln u) (cos 2πv, sin 2πv) with u on (0, 1] (Box & Muller 1958). */
  normals(n: number): Float64Array {
    const values = new Float64Array(n);
    for (let i = 0; i < n; i += 2) {
      const words = this.#next();
      const radius = Math.sqrt(-2 * Math.log(1 - unit(words[0]!, words[1]!)));
      const angle = TWO_PI * unit(words[2]!, words[3]!);
      values[i] = radius * Math.cos(angle);
      if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
    }
    return values;
  }

  /** n integers uniform on [0, bound), without bias; 1 ≤ bound ≤ 2³². */
  integers(n: number, bound: number): Float64Array {
    if (!Number.isInteger(bound) || bound < 1 || bound > 2 ** 32)
      throw new RangeError(`RandomStream.integers: bound ${bound} is not an integer in [1, 2^32]`);
    const draw = this.#words();
    return new Float64Array(n).map(() => below(bound, draw));
  }

  /** The numbers 0 … n − 1 in uniformly random order (Fisher & Yates). */
  permutation(n: number): Uint32Array {
    const order = Uint32Array.from({ length: n }, (_, i) => i);
    const draw = this.#words();
    for (let i = n - 1; i > 0; i--) {
      const j = below(i + 1, draw);
      [order[i], order[j]] = [order[j]!, order[i]!];
    }
    return order;
  }

  #next(): Uint32Array {
    philox(this.#block, this.#counter, this.#key);
    if (++this.#counter[0]! > 0xffffffff) this.#counter[1]!++;
    return this.#block;
  }

  #words(): () => number {
    let used = 4;
    return () => {
      if (used === 4) {
        this.#next();
        used = 0;
      }
      return this.#block[used++]!;
    };
  }
}

/** 53 random bits as a number in [0, 1). */
function unit(low: number, high: number): number {
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) * 2 ** -53;
}

/** Rejects the words that would favour small results. */
function below(bound: number, draw: () => number): number {
  const fair = 2 ** 32 - (2 ** 32 % bound);
  let word = draw();
  while (word >= fair) word = draw();
  return word % bound;
}
