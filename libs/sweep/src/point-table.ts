import type { PointHash } from './point-hash.ts';

/**
 * Points by a 64-bit hash of what tells them apart, in open addressing: 12 bytes a place, 24 to 48 a point. Two points of
 * one hash count as the same; among a million that is one case in 10^7.
 */
export class PointTable {
  /** high, low and point + 1 of place after place, so that a place costs one fetch from memory; 0 marks a free one. */
  readonly #places: Uint32Array;
  readonly #mask: number;

  /** @param capacity most points that are added */
  constructor(capacity: number) {
    const places = 2 ** Math.ceil(Math.log2(2 * capacity));
    this.#places = new Uint32Array(3 * places);
    this.#mask = places - 1;
  }

  /** False if a point of this hash is there already. */
  add(hash: PointHash, point: number): boolean {
    const at = this.#offset(hash);
    if (this.#places[at + 2] !== 0) return false;
    this.#places[at] = hash.high;
    this.#places[at + 1] = hash.low;
    this.#places[at + 2] = point + 1;
    return true;
  }

  find(hash: PointHash): number | undefined {
    const point = this.#places[this.#offset(hash) + 2]!;
    return point === 0 ? undefined : point - 1;
  }

  /** Where this hash is, or the free place where it belongs. */
  #offset({ high, low }: PointHash): number {
    let place = low & this.#mask;
    for (;;) {
      const at = 3 * place;
      if (this.#places[at + 2] === 0 || (this.#places[at] === high && this.#places[at + 1] === low)) return at;
      place = (place + 1) & this.#mask;
    }
  }
}
