import type { Measured, Parameters } from '@natsweep/sweep';
import type { ComparedTrial } from './compare.ts';

/** Numbers the trials that agree in the seed and in all parameters but some: equal numbers, whichever side they are on. */
export class Partners {
  readonly #without: ReadonlySet<string>;
  readonly #points = new Map<Parameters, number>();
  readonly #shared = new Map<string, number>();
  readonly #seeds = new Map<number, Map<number, number>>();
  #count = 0;

  constructor(without: readonly string[]) {
    this.#without = new Set(without);
  }

  /** The mean over the trials of each number; null as soon as one is: a diverged trial is not averaged away. */
  means(trials: readonly ComparedTrial[]): ReadonlyMap<number, Measured> {
    const members = new Map<number, { sum: number; count: number }>();
    for (const { params, seed, value } of trials) {
      const partner = this.#numberOf(params, seed);
      let member = members.get(partner);
      if (member === undefined) members.set(partner, (member = { sum: 0, count: 0 }));
      member.sum += value ?? NaN;
      member.count++;
    }
    const means = new Map<number, Measured>();
    for (const [partner, { sum, count }] of members) means.set(partner, Number.isNaN(sum) ? null : sum / count);
    return means;
  }

  #numberOf(params: Parameters, seed: number): number {
    let ofSeed = this.#seeds.get(seed);
    if (ofSeed === undefined) this.#seeds.set(seed, (ofSeed = new Map()));
    const point = this.#pointOf(params);
    let number = ofSeed.get(point);
    if (number === undefined) ofSeed.set(point, (number = this.#count++));
    return number;
  }

  #pointOf(params: Parameters): number {
    let point = this.#points.get(params);
    if (point === undefined) {
      const shared = Object.entries(params).filter(([name]) => !this.#without.has(name));
      const text = JSON.stringify(shared.sort(([a], [b]) => (a < b ? -1 : 1)));
      point = this.#shared.get(text) ?? this.#shared.size;
      this.#shared.set(text, point);
      this.#points.set(params, point);
    }
    return point;
  }
}
