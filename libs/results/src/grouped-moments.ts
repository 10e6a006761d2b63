import type { Cell } from './connection.ts';
import { MomentTable } from './moments.ts';
import type { Statistic } from './moments.ts';
import type { Reducer } from './reduction.ts';

/** Rows that agree in the keys. */
export interface Group {
  readonly keys: readonly Cell[];
  readonly count: number;
  readonly statistics: readonly Statistic[];
}

/** The groups of some rows: by number, their keys, how many rows they have, and the moments of every value. */
export interface GroupedPart {
  readonly keys: readonly (readonly Cell[])[];
  readonly counts: readonly number[];
  readonly moments: Float64Array;
}

type Level = Map<Cell, Level | number>;

/** Means and deviations of several values over rows that agree in the keys. A row has the keys and then the values after its id. */
export class GroupedMoments implements Reducer<GroupedPart> {
  readonly #keyed: number;
  readonly #values: number;
  /** One map per key, from its value to the next key's map or to the group. */
  readonly #root: Level = new Map();
  readonly #keys: (readonly Cell[])[] = [];
  readonly #counts: number[] = [];
  readonly #moments = new MomentTable();

  constructor(keys: number, values: number) {
    this.#keyed = keys;
    this.#values = values;
  }

  add(row: readonly Cell[]): void {
    const group = this.group(row, 1);
    this.#counts[group]!++;
    const first = 1 + this.#keyed;
    for (let position = 0; position < this.#values; position++) {
      const value = row[first + position];
      if (typeof value === 'number') this.addValue(group, position, value);
    }
  }

  addValue(group: number, position: number, value: number): void {
    this.#moments.add(group * this.#values + position, value);
  }

  /** The number of the group with the keys that begin at `first`. */
  group(row: readonly Cell[], first: number): number {
    let level = this.#root;
    const last = first + this.#keyed - 1;
    for (let position = first; position < last; position++) {
      let next = level.get(row[position]!) as Level | undefined;
      if (next === undefined) level.set(row[position]!, (next = new Map()));
      level = next;
    }
    // without keys there is one group, under a key that no column has
    const key = this.#keyed === 0 ? '' : row[last]!;
    let group = level.get(key) as number | undefined;
    if (group === undefined) {
      group = this.#counts.push(0) - 1;
      this.#keys.push(row.slice(first, first + this.#keyed));
      level.set(key, group);
      this.#moments.makeRoom(this.#counts.length * this.#values);
    }
    return group;
  }

  part(): GroupedPart {
    return { keys: this.#keys, counts: this.#counts, moments: this.#moments.part(this.#counts.length * this.#values) };
  }

  /** @returns By number of a group of the part, the number of the same group here. */
  merge({ keys, counts, moments }: GroupedPart): readonly number[] {
    return keys.map((key, other) => {
      const group = this.group(key, 0);
      this.#counts[group]! += counts[other]!;
      for (let position = 0; position < this.#values; position++)
        this.#moments.merge(group * this.#values + position, moments, other * this.#values + position);
      return group;
    });
  }

  groups(): Group[] {
    return this.#keys.map((keys, group) => ({
      keys,
      count: this.#counts[group]!,
      statistics: Array.from({ length: this.#values }, (_, position) =>
        this.#moments.statistic(group * this.#values + position),
      ),
    }));
  }
}
