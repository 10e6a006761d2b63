export type { GroupRow, ResultsStore, RowQuery, StoredSweep, SweepCounts, SweepState, TrialRow } from './store.ts';
