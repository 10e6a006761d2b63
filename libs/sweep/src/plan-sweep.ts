import type { Grid } from './grid.ts';
import type { IndexSet } from './index-set.ts';
import type { Trial } from './trial.ts';

/** What planning sees: a snapshot, nothing else. */
export interface PlanInput {
  readonly grid: Grid;
  /** Indices that need no delivery: recorded, or cancelled. */
  readonly done: IndexSet;
  /** Indices that were admitted and have no record yet. Disjoint from `done`. */
  readonly inFlight: IndexSet;
  /** Where the last plan ended; 0 at the start, and always safe. */
  readonly cursor: number;
  /** Trials that may be admitted now. */
  readonly budget: number;
  /** Batches that may be admitted now. Default: no limit. */
  readonly maxBatches?: number;
  /** Trials per batch, at least 1, for a structural group. */
  readonly batchSize: (structuralKey: string) => number;
}

export interface Plan {
  /** Each non-empty, ascending in index, of one structural group. */
  readonly batches: readonly (readonly Trial[])[];
  readonly cursor: number;
  /** True if after this plan every trial is done or in flight. */
  readonly exhausted: boolean;
}

/**
 * The next batches of a sweep: the missing trials at or after the cursor, then, once around, those before it that were
 * in flight when the cursor passed and are missing again. The cost is that of the batches, not of the grid: stretches
 * that are done are passed 32,768 indices at a step.
 */
export function planSweep(input: PlanInput): Plan {
  const { grid, done, inFlight, cursor, budget, maxBatches = Infinity, batchSize } = input;
  let missing = grid.size - done.size - inFlight.size;
  let remaining = Math.min(budget, missing);
  let position = cursor >= grid.size ? 0 : cursor;
  const batches: Trial[][] = [];

  while (remaining > 0 && batches.length < maxBatches) {
    const first = nextMissing(position, done, inFlight);
    if (first >= grid.size) {
      position = 0;
      continue;
    }
    const size = Math.min(remaining, Math.max(1, batchSize(grid.structuralKey(first))));
    const batch: Trial[] = [];
    const end = grid.groupEnd(first, Math.min(grid.size, first + size * 2));
    position = first;
    while (position < end && batch.length < size) {
      batch.push(grid.trial(position));
      position = nextMissing(position + 1, done, inFlight);
    }
    position = Math.min(position, end);
    batches.push(batch);
    remaining -= batch.length;
    missing -= batch.length;
  }
  return { batches, cursor: position >= grid.size ? 0 : position, exhausted: missing === 0 };
}

function nextMissing(from: number, done: IndexSet, inFlight: IndexSet): number {
  let index = from;
  for (;;) {
    const next = inFlight.nextAbsent(done.nextAbsent(index));
    if (next === index) return index;
    index = next;
  }
}
