import type { ResultsStore, SweepCounts } from '@natsweep/results';
import type { FailedTrial } from '@natsweep/sweep';
import { objectiveOf, type Objective } from './objective.ts';
import { summariseProvenance, type Provenance } from './provenance.ts';
import { findRecordedSweep, loadTrials, type RecordedSweep, type RecordedTrials } from './recorded-sweep.ts';

/** A sweep as the report sees it: what was asked, how far it came, and what was found, without traces. */
export interface SweepResults extends RecordedSweep, RecordedTrials {
  readonly counts: SweepCounts;
  readonly objective: Objective | undefined;
  /** The first few; `counts.failed` is how many there are. */
  readonly failures: readonly FailedTrial[];
  readonly provenance: Provenance;
}

const FAILURES = 20;

/** Throws `UnknownSweepError`. */
export async function loadSweepResults(store: ResultsStore, name: string): Promise<SweepResults> {
  const recorded = await findRecordedSweep(store, name);
  const trials = await loadTrials(store, recorded);
  return {
    ...recorded,
    ...trials,
    counts: await store.counts(name),
    objective: objectiveOf(recorded, trials.placed),
    failures: (await store.rows(name, { kind: 'failed', limit: FAILURES })) as readonly FailedTrial[],
    provenance: summariseProvenance(await store.provenance(name)),
  };
}
