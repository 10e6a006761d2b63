const CONTAINER = 2 ** 15;
const WORDS = CONTAINER / 32;

interface Container {
  readonly words: Uint32Array;
  count: number;
}

/**
 * A set of indices in [0, 2^53) as a compressed bitmap: 4 KiB per stretch of 32,768 indices that is partly filled,
 * nothing for an empty or a full one. A sweep that was worked through in order costs a few kilobytes at any size.
 */
export class IndexSet {
  readonly #containers = new Map<number, Container | 'full'>();
  #size = 0;

  static of(indices: Iterable<number>): IndexSet {
    const set = new IndexSet();
    for (const index of indices) set.add(index);
    return set;
  }

  get size(): number {
    return this.#size;
  }

  has(index: number): boolean {
    const container = this.#containers.get(Math.floor(index / CONTAINER));
    if (container === undefined) return false;
    return container === 'full' || isSet(container.words, index % CONTAINER);
  }

  /** True if the index was not in the set before. */
  add(index: number): boolean {
    if (!Number.isSafeInteger(index) || index < 0) throw new RangeError(`IndexSet: ${index} is not an index`);
    const key = Math.floor(index / CONTAINER);
    let container = this.#containers.get(key);
    if (container === undefined) {
      container = { words: new Uint32Array(WORDS), count: 0 };
      this.#containers.set(key, container);
    }
    const bit = index % CONTAINER;
    if (container === 'full' || isSet(container.words, bit)) return false;
    container.words[bit >>> 5]! |= 1 << (bit & 31);
    container.count++;
    if (container.count === CONTAINER) this.#containers.set(key, 'full');
    this.#size++;
    return true;
  }

  /** True if the index was in the set. */
  delete(index: number): boolean {
    if (!this.has(index)) return false;
    const key = Math.floor(index / CONTAINER);
    let container = this.#containers.get(key)!;
    if (container === 'full') {
      container = { words: new Uint32Array(WORDS).fill(0xffffffff), count: CONTAINER };
      this.#containers.set(key, container);
    }
    const bit = index % CONTAINER;
    container.words[bit >>> 5]! &= ~(1 << (bit & 31));
    container.count--;
    if (container.count === 0) this.#containers.delete(key);
    this.#size--;
    return true;
  }

  /** The smallest index at or after `from` that is not in the set; full stretches are passed in one step. */
  nextAbsent(from: number): number {
    let index = from;
    for (;;) {
      const container = this.#containers.get(Math.floor(index / CONTAINER));
      if (container === undefined) return index;
      const end = (Math.floor(index / CONTAINER) + 1) * CONTAINER;
      if (container !== 'full') {
        const bit = firstUnset(container.words, index % CONTAINER);
        if (bit < CONTAINER) return end - CONTAINER + bit;
      }
      index = end;
    }
  }

  /** Ascending. */
  *[Symbol.iterator](): Generator<number> {
    for (const key of [...this.#containers.keys()].sort((a, b) => a - b)) {
      const container = this.#containers.get(key)!;
      for (let bit = 0; bit < CONTAINER; bit++) {
        if (container === 'full' || isSet(container.words, bit)) yield key * CONTAINER + bit;
      }
    }
  }
}

function isSet(words: Uint32Array, bit: number): boolean {
  return ((words[bit >>> 5]! >>> (bit & 31)) & 1) === 1;
}

function firstUnset(words: Uint32Array, from: number): number {
  for (let bit = from; bit < CONTAINER;) {
    const rest = ~words[bit >>> 5]! >>> (bit & 31);
    if (rest !== 0) return bit + trailingZeros(rest);
    bit = (bit | 31) + 1;
  }
  return CONTAINER;
}

function trailingZeros(word: number): number {
  return 31 - Math.clz32(word & -word);
}
