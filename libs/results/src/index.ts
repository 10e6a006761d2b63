export { makeFolder } from './make-folder.ts';
export { openResults } from './open-results.ts';
export type { OpenOptions } from './open-results.ts';
export { ResultsError } from './results-error.ts';
export type { ResultsErrorCode } from './results-error.ts';
export { isRetired, retiredName } from './retired.ts';
export type {
  ExportQuery,
  FailedAttempt,
  FailedSelection,
  GroupMetric,
  GroupRow,
  MeasuredQuery,
  MeasuredTrial,
  NewVersion,
  PairQuery,
  PairRow,
  PlannedTrials,
  Recorded,
  ResultsStore,
  Reusable,
  RowQuery,
  Selection,
  SlotProvenance,
  StoredSweep,
  SweepCounts,
  SweepState,
  SweepVersion,
  TrialRow,
  Verification,
} from './store.ts';
