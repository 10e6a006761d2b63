export { openResults } from './open-results.ts';
export type { OpenOptions } from './open-results.ts';
export { ResultsError } from './results-error.ts';
export type { ResultsErrorCode } from './results-error.ts';
export type {
  GroupMetric,
  GroupRow,
  Recorded,
  ResultsStore,
  RowQuery,
  Selection,
  StoredSweep,
  SweepCounts,
  SweepState,
  TrialRow,
} from './store.ts';
