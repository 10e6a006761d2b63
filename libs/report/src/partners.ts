import type { Parameters } from '@natsweep/sweep';
import type { ComparedTrials, Side } from './compared-trials.ts';

/** By pair, the means of its two sides; NaN where a trial of the side was not measured. */
export interface PairedMeans {
  readonly own: Float64Array;
  readonly others: Float64Array;
}

/** Numbers the trials that agree in the seed and in some parameters: equal numbers, whichever side they are on. */
export class Partners {
  readonly #trials: ComparedTrials;
  readonly #names: readonly string[];
  readonly #points = new Map<Parameters, number>();
  readonly #shared = new Map<string, number>();
  readonly #seeds = new Map<number, Map<number, number>>();
  #count = 0;

  constructor(trials: ComparedTrials, names: readonly string[]) {
    this.#trials = trials;
    this.#names = names;
  }

  /** Of the partners that both sides have, in the order of the own side. */
  means(own: Side, others: Side): PairedMeans {
    const [ourNumbers, theirNumbers] = [this.#numbersOf(own), this.#numbersOf(others)];
    const [ours, theirs] = [this.#meansOf(own, ourNumbers), this.#meansOf(others, theirNumbers)];
    const isPair = (_: number, partner: number) => ours.counts[partner]! > 0 && theirs.counts[partner]! > 0;
    return { own: ours.means.filter(isPair), others: theirs.means.filter(isPair) };
  }

  /** By partner, the mean over its trials; NaN as soon as one was not measured: a diverged trial is not averaged away. */
  #meansOf({ trials }: Side, numbers: Int32Array) {
    const { values } = this.#trials;
    const [means, counts] = [new Float64Array(this.#count), new Uint32Array(this.#count)];
    for (const [place, number] of numbers.entries()) {
      means[number]! += values[trials[place]!]!;
      counts[number]!++;
    }
    for (const [number, count] of counts.entries()) means[number]! /= count;
    return { means, counts };
  }

  #numbersOf({ trials }: Side): Int32Array {
    return Int32Array.from(trials, (trial) => this.#numberOf(this.#trials.params(trial), this.#trials.seeds[trial]!));
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
      // null, which is no value, where the parameter is absent
      const text = JSON.stringify(this.#names.map((name) => params[name]));
      point = this.#shared.get(text) ?? this.#shared.size;
      this.#shared.set(text, point);
      this.#points.set(params, point);
    }
    return point;
  }
}
