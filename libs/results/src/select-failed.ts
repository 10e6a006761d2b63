import type { Failure } from '@natsweep/sweep';
import type { ResultsStore, Selection, TrialRow } from './store.ts';

/** Which failed trials. All conditions must hold that are given. */
export interface FailedSelection extends Selection {
  /** Default: any but `cancelled`, which was asked for. */
  readonly failure?: Failure;
  /** Beginnings of trial ids; any of them. Default: every id. */
  readonly trialIds?: readonly string[];
}

type FailedRow = Extract<TrialRow, { kind: 'failed' }>;

/** The selected records, in bounded memory. Throws ResultsError `bad-filter` and `unknown-column`. */
export async function* selectFailed(
  results: Pick<ResultsStore, 'allRows'>,
  sweep: string,
  { failure, trialIds, ...selection }: FailedSelection,
): AsyncGenerator<FailedRow> {
  const isWanted = (each: Failure) => (failure === undefined ? each !== 'cancelled' : each === failure);
  for await (const row of results.allRows(sweep, { kind: 'failed', ...selection })) {
    if (row.kind !== 'failed' || !isWanted(row.failure)) continue;
    if (trialIds === undefined || trialIds.some((id) => row.trialId.startsWith(id))) yield row;
  }
}
