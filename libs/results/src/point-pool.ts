import type { Parameters } from '@natsweep/sweep';
import { KeyedValues } from './keyed-values.ts';
import { seedKey } from './pair-key.ts';
import type { Key } from './pair-key.ts';

/** One `params` for all trials that differ in the seed alone, found by what their `pairKey` is without the seed. */
export class PointPool {
  readonly #places = new KeyedValues();
  readonly #points: Parameters[] = [];

  /** @param decode reads the parameters of a point that is not known yet. */
  point(pair: Key, seed: number, decode: () => Parameters): Parameters {
    const ofSeed = seedKey(seed);
    const [high, low] = [pair.high ^ ofSeed.high, pair.low ^ ofSeed.low];
    const place = this.#places.get(high, low);
    if (!Number.isNaN(place)) return this.#points[place]!;
    const params = decode();
    this.#places.set(high, low, this.#points.length);
    this.#points.push(params);
    return params;
  }
}
