import type { Cell } from './connection.ts';

/** Rows that agree in the keys. */
export interface Group {
  readonly keys: readonly Cell[];
  readonly count: number;
  readonly statistics: readonly Statistic[];
}

/**
 * How often a value was measured, its mean, its sample deviation and its greatest value; null where there is none, or none that
 * is finite.
 */
export type Statistic = readonly [
  count: number,
  mean: number | null,
  deviation: number | null,
  greatest: number | null,
];

/** What is larger is scaled down: the square of 10^13 times as much, which is what PostgreSQL sums, does not overflow. */
export const large = 1e140;
export const downscale = 2 ** -600;

/** Count, mean and sum of squared residuals of the mean, all of values times a scale; the scale; the greatest value. */
const fields = 5;

/**
 * Means and deviations of several values by Welford's update, as plain sums of squares cancel. Values whose squares may
 * overflow, as those of diverged trials do, are scaled down.
 */
export class Moments {
  count = 0;
  readonly keys: readonly Cell[];
  readonly #moments: Float64Array;

  constructor(keys: readonly Cell[], values: number) {
    this.keys = keys;
    this.#moments = new Float64Array(fields * values);
    for (let at = 0; at < this.#moments.length; at += fields) {
      this.#moments[at + 3] = 1;
      this.#moments[at + 4] = -Infinity;
    }
  }

  /** A row's values begin at `first`. */
  add(row: readonly Cell[], first: number): void {
    this.count++;
    for (let position = first; position < row.length; position++) {
      const value = row[position];
      if (typeof value === 'number') this.addValue(position - first, value);
    }
  }

  addValue(position: number, value: number): void {
    const moments = this.#moments;
    const at = fields * position;
    if (Math.abs(value) > large && moments[at + 3] === 1) {
      moments[at + 1]! *= downscale;
      moments[at + 2]! *= downscale * downscale;
      moments[at + 3] = downscale;
    }
    const scaled = value * moments[at + 3]!;
    const count = ++moments[at]!;
    const residual = scaled - moments[at + 1]!;
    moments[at + 1]! += residual / count;
    moments[at + 2]! += residual * (scaled - moments[at + 1]!);
    if (value > moments[at + 4]!) moments[at + 4] = value;
  }

  group(): Group {
    const statistics: Statistic[] = [];
    for (let at = 0; at < this.#moments.length; at += fields) {
      const [count, mean, squares, scale, greatest] = this.#moments.subarray(at, at + fields) as unknown as [
        number,
        number,
        number,
        number,
        number,
      ];
      statistics.push([
        count,
        count > 0 ? finite(mean / scale) : null,
        count > 1 ? finite(Math.sqrt(squares / (count - 1)) / scale) : null,
        finite(greatest),
      ]);
    }
    return { keys: this.keys, count: this.count, statistics };
  }
}

export function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

type Level = Map<Cell, Level | Moments>;

/** Finds the group of a row: one map per key, from its value to the next key's map or to the group. */
export class GroupedMoments {
  readonly #root: Level = new Map();
  readonly #groups: Moments[] = [];
  readonly #keys: number;
  readonly #values: number;

  constructor(keys: number, values: number) {
    this.#keys = keys;
    this.#values = values;
  }

  /** The group of a row whose keys begin at `first`. */
  of(row: readonly Cell[], first: number): Moments {
    let level = this.#root;
    const last = first + this.#keys - 1;
    for (let position = first; position < last; position++) {
      let next = level.get(row[position]!) as Level | undefined;
      if (next === undefined) level.set(row[position]!, (next = new Map()));
      level = next;
    }
    // without keys there is one group, under a key that no column has
    const key = this.#keys === 0 ? '' : row[last]!;
    let group = level.get(key) as Moments | undefined;
    if (group === undefined) {
      group = new Moments(row.slice(first, first + this.#keys), this.#values);
      this.#groups.push(group);
      level.set(key, group);
    }
    return group;
  }

  groups(): Group[] {
    return this.#groups.map((group) => group.group());
  }
}
