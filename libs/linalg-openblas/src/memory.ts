import type { Precision } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** Freed arrays kept for reuse, at most. */
const POOL_BYTES = 2 ** 29;

/**
 * Typed arrays by length, reused after `release`: a step's temporaries have the same sizes again and again, and fresh
 * memory costs a page fault every 4 KiB. Arrays come with arbitrary contents.
 */
export class Memory {
  readonly #precision: Precision;
  readonly #free = new Map<number, FloatArray[]>();
  #freeBytes = 0;

  constructor(precision: Precision) {
    this.#precision = precision;
  }

  take(length: number): FloatArray {
    const array = this.#free.get(length)?.pop();
    if (array === undefined) return this.#create(length);
    this.#freeBytes -= array.byteLength;
    return array;
  }

  /** Takes an array back that nobody looks at any more. */
  release(array: FloatArray): void {
    if (array.byteLength > POOL_BYTES) return;
    if (this.#freeBytes + array.byteLength > POOL_BYTES) {
      this.#free.clear();
      this.#freeBytes = 0;
    }
    const same = this.#free.get(array.length);
    if (same === undefined) this.#free.set(array.length, [array]);
    else same.push(array);
    this.#freeBytes += array.byteLength;
  }

  /** Runs `body` with scratch arrays of the given lengths. */
  scratch<T>(lengths: readonly number[], body: (...arrays: FloatArray[]) => T): T {
    const arrays = lengths.map((length) => this.take(length));
    try {
      return body(...arrays);
    } finally {
      for (const array of arrays) this.release(array);
    }
  }

  /** An array of one value, from no pool. */
  number(value: number): FloatArray {
    return this.#create(1).fill(value);
  }

  #create(length: number): FloatArray {
    return this.#precision === 'float64' ? new Float64Array(length) : new Float32Array(length);
  }
}
