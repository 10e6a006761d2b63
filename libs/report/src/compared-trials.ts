import type { Measured, Parameters, ParameterValue } from '@natsweep/sweep';

/** What a comparison reads of a trial. */
export interface ComparedTrial {
  /** In the order of the grid, one sweep after the other. */
  readonly position: number;
  readonly params: Parameters;
  readonly seed: number;
  /** Of the metric; null where it was not measured. */
  readonly value: Measured;
}

/** The trials that have one value of a parameter. */
export interface Side {
  /** Their numbers, in the order of their positions. */
  readonly trials: readonly number[];
  /** The parameters that occur. */
  readonly points: ReadonlySet<Parameters>;
}

/** Trials by number, as columns: less than half the memory of an object each. */
export class ComparedTrials {
  readonly seeds: number[] = [];
  /** NaN where the metric was not measured. */
  readonly values: number[] = [];
  readonly #positions: number[] = [];
  readonly #points: number[] = [];
  readonly #params: Parameters[] = [];
  readonly #numbers = new Map<Parameters, number>();

  /** @param placed what is compared of the parameters; asked once for all trials that share them. */
  add({ position, params, seed, value }: ComparedTrial, placed = (all: Parameters) => all): void {
    let point = this.#numbers.get(params);
    if (point === undefined) {
      point = this.#params.push(placed(params)) - 1;
      this.#numbers.set(params, point);
    }
    this.#points.push(point);
    this.#positions.push(position);
    this.seeds.push(seed);
    this.values.push(value ?? NaN);
  }

  params(trial: number): Parameters {
    return this.#params[this.#points[trial]!]!;
  }

  /** By value of a parameter, in order of appearance; trials that do not have the parameter are left out. */
  sides(by: string): ReadonlyMap<ParameterValue, Side> {
    const sides = new Map<ParameterValue, { readonly trials: number[]; readonly points: Set<Parameters> }>();
    for (const trial of this.#inOrder()) {
      const params = this.params(trial);
      const value = params[by];
      if (value === undefined) continue;
      let side = sides.get(value);
      if (side === undefined) sides.set(value, (side = { trials: [], points: new Set() }));
      side.trials.push(trial);
      side.points.add(params);
    }
    return sides;
  }

  #inOrder(): Uint32Array {
    const positions = this.#positions;
    return new Uint32Array(positions.length).map((_, trial) => trial).sort((a, b) => positions[a]! - positions[b]!);
  }
}
