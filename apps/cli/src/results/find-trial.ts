import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { TrialRecord } from '@natsweep/sweep';

import { badInput } from '../exit.ts';
import { findByName } from '../sweep-views.ts';

export interface FoundTrial {
  readonly record: TrialRecord;
  readonly sweep: StoredSweep;
}

/** The newest record of a trial. Equal trials of several sweeps have the same id. */
export async function findTrial(results: ResultsStore, id: string, sweepName?: string): Promise<FoundTrial> {
  const sweeps = (await results.listSweeps()).toReversed();
  const searched = sweepName === undefined ? sweeps : [findByName(sweeps, sweepName)];
  for (const sweep of searched) {
    const record = await results.trial(sweep.name, id);
    if (record !== undefined) return { record, sweep };
  }
  throw badInput(
    `No trial of ${sweepName ?? 'any sweep'} has an id that begins with ${id}: "natsweep results SWEEP" lists ids of recorded trials.`,
  );
}
