import type { ParameterValue } from '@natsweep/sweep';
import type { Cell } from './connection.ts';
import { GroupedMoments } from './grouped-moments.ts';
import type { Group, GroupedPart } from './grouped-moments.ts';
import { KeyedValues } from './keyed-values.ts';
import type { KeyedPart } from './keyed-values.ts';
import { valueKey } from './pair-key.ts';
import type { Key } from './pair-key.ts';
import type { Reducer } from './reduction.ts';
import type { ColumnType } from './schema.ts';

/** Where cells stand in a row, after its id; the columns of the compared parameter and the other keys are the last ones. */
const place = { high: 1, low: 2, metric: 3, compared: 4 } as const;

export interface Comparison {
  readonly parameter: string;
  /** Of the columns of the parameter, which are the first keys. */
  readonly types: readonly ColumnType[];
  readonly baseline: ParameterValue;
  /** How many other keys there are. */
  readonly keys: number;
}

export interface PairedPart {
  readonly differences: GroupedPart;
  readonly baselines: KeyedPart;
  /** Four numbers for each trial without a baseline: the halves of its key, its value and its group. */
  readonly waiting: Float64Array;
}

/** Differences of trials to those with the baseline: baselines are kept by their keys, other trials until their baseline comes. */
export class PairedMoments implements Reducer<PairedPart> {
  readonly #comparison: Comparison;
  readonly #differences: GroupedMoments;
  readonly #baselines = new KeyedValues();
  #waiting: number[] = [];
  readonly #sides: readonly Map<Cell, Side>[];

  constructor(comparison: Comparison) {
    this.#comparison = comparison;
    this.#differences = new GroupedMoments(comparison.types.length + comparison.keys, 1);
    this.#sides = comparison.types.map(() => new Map());
  }

  add(row: readonly Cell[]): void {
    const side = this.#sideOf(row);
    if (side === undefined) return;
    const key = {
      high: (row[place.high] as number) ^ side.key.high,
      low: (row[place.low] as number) ^ side.key.low,
    };
    const value = row[place.metric] as number;
    if (side.isBaseline) this.#baselines.set(key.high, key.low, value);
    else this.#pair(key, value, this.#differences.group(row, place.compared));
  }

  part(): PairedPart {
    this.#pairWaiting();
    return {
      differences: this.#differences.part(),
      baselines: this.#baselines.part(),
      waiting: Float64Array.from(this.#waiting),
    };
  }

  merge({ differences, baselines, waiting }: PairedPart): void {
    const groups = this.#differences.merge(differences);
    this.#baselines.merge(baselines);
    for (let at = 0; at < waiting.length; at += 4)
      this.#pair(keyAt(waiting, at), waiting[at + 2]!, groups[waiting[at + 3]!]!);
  }

  groups(): Group[] {
    this.#pairWaiting();
    return this.#differences.groups();
  }

  #pair({ high, low }: Key, value: number, group: number): void {
    const baseline = this.#baselines.get(high, low);
    if (Number.isNaN(baseline)) this.#waiting.push(high, low, value, group);
    else if (Number.isFinite(value - baseline)) this.#differences.addValue(group, 0, value - baseline);
  }

  #pairWaiting(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (let at = 0; at < waiting.length; at += 4) this.#pair(keyAt(waiting, at), waiting[at + 2]!, waiting[at + 3]!);
  }

  /** By the value of the compared parameter in a row, in whichever of its columns it has one. */
  #sideOf(row: readonly Cell[]): Side | undefined {
    const { parameter, types, baseline } = this.#comparison;
    for (let position = 0; position < types.length; position++) {
      const cell = row[place.compared + position]!;
      if (cell === null) continue;
      let side = this.#sides[position]!.get(cell);
      if (side === undefined) {
        const value = types[position] === 'boolean' ? cell === 1 : cell;
        side = { isBaseline: value === baseline, key: valueKey(parameter, value) };
        this.#sides[position]!.set(cell, side);
      }
      return side;
    }
    return undefined;
  }
}

interface Side {
  readonly isBaseline: boolean;
  /** What trials that differ in the parameter alone have in common is their `pairKey` without it. */
  readonly key: Key;
}

function keyAt(waiting: ArrayLike<number>, at: number): Key {
  return { high: waiting[at]!, low: waiting[at + 1]! };
}
