import { createGrid } from '@natsweep/sweep';

import { badInput } from '../exit.ts';
import type { RecordedSweep } from './recorded-sweep.ts';
import { parseEqualities } from './selection.ts';

export interface PlannedSelection {
  /** PARAMETER=VALUE; all must hold. */
  readonly where: readonly string[];
  /** Beginnings of trial ids; any of them. None: every id. */
  readonly ids: readonly string[];
}

const largestSearched = 1_000_000;

/** Positions in the grid of the planned trials that are selected, recorded or not. */
export function selectPlanned(sweep: RecordedSweep, { where, ids }: PlannedSelection): readonly number[] {
  const grid = createGrid(sweep.spec, sweep.declaration);
  if (grid.size > largestSearched) {
    throw badInput(
      `${sweep.stored.name} has ${grid.size} trials; only in sweeps of up to ${largestSearched} can some be selected.`,
    );
  }
  const wanted = Object.entries(parseEqualities(where, sweep));
  const indices: number[] = [];
  for (let index = 0; index < grid.size; index++) {
    const { params, trialId } = grid.trial(index);
    const named = ids.length === 0 || ids.some((id) => trialId.startsWith(id));
    if (named && wanted.every(([name, value]) => params[name] === value)) indices.push(index);
  }
  return indices;
}
