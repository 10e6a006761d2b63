import type { Cell } from './connection.ts';
import { GroupedMoments } from './grouped-moments.ts';
import type { Group } from './grouped-moments.ts';
import { PairedMoments } from './paired-moments.ts';
import type { Comparison } from './paired-moments.ts';

/** What becomes of the rows of a scan, in words that another thread understands. */
export type Reduction =
  | {
      readonly kind: 'groups';
      /** How many cells of a row are keys, after its id. */
      readonly keys: number;
      /** How many are values, after the keys. */
      readonly values: number;
    }
  | ({ readonly kind: 'pairs' } & Comparison);

/** Becomes the same groups, but for rounding, however the rows are dealt out to reducers that are merged in the end. */
export interface Reducer<Part> {
  /** A row of the scan, its id first. */
  add(row: readonly Cell[]): void;
  /** What is known of the rows that were added, as data that can be cloned. */
  part(): Part;
  merge(part: Part): void;
  groups(): Group[];
}

export function createReducer(reduction: Reduction): Reducer<unknown> {
  return reduction.kind === 'groups'
    ? new GroupedMoments(reduction.keys, reduction.values)
    : new PairedMoments(reduction);
}
