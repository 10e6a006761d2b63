import type {
  EngineInfo,
  FailedTrial,
  Failure,
  Measured,
  Observation,
  Outcome,
  Parameters,
  ParameterValue,
  TrialRecord,
} from '@natsweep/sweep';

/**
 * A sweep's life. `running` → `paused` ⇄ `running` by command or by `pauseAfterFailures`; → `cancelled` by command;
 * → `completed` by the collector, once every planned trial has a record. Only the scheduler moves a sweep.
 */
export type SweepState = 'running' | 'paused' | 'cancelled' | 'completed';

export interface StoredSweep {
  readonly name: string;
  readonly experiment: string;
  readonly experimentVersion: number;
  /** The normalised spec as JSON: enough to rebuild the grid. */
  readonly spec: string;
  /** Number of planned trials. */
  readonly planned: number;
  readonly state: SweepState;
  /** Why the sweep is paused; null otherwise. */
  readonly stateReason: string | null;
  readonly createdAtMs: number;
  readonly completedAtMs: number | null;
  /** The command that submitted it: the same command delivered twice creates one sweep. */
  readonly commandId: string;
}

export interface SweepCounts {
  readonly observed: number;
  readonly failed: number;
  readonly byOutcome: Readonly<Partial<Record<Outcome, number>>>;
  readonly byFailure: Readonly<Partial<Record<Failure, number>>>;
}

/** A delivery that failed, whether or not a later one succeeded. */
export type FailedAttempt = Pick<FailedTrial, 'sweep' | 'trialId' | 'failure' | 'message' | 'logTail' | 'attempt'>;

/** What a sweep was asked to be at some time; version 1 is how it was submitted. */
export interface SweepVersion {
  readonly version: number;
  readonly spec: string;
  readonly planned: number;
  readonly commandId: string;
  readonly appliedAtMs: number;
}

/** Which records leave their place. Default: none does, and none is read. */
export interface NewVersion extends Omit<SweepVersion, 'version'> {
  /** These are planned again. */
  readonly again?: FailedSelection;
  /** Where the new grid has this trial; undefined if it has not. */
  readonly place?: (trial: Pick<TrialRow, 'trialId' | 'index' | 'params' | 'seed'>) => number | undefined;
}

/** What the grid says, as `verify` needs it. */
export interface PlannedTrials {
  readonly size: number;
  readonly trialId: (index: number) => string;
}

export interface Verification {
  readonly planned: number;
  readonly recorded: number;
  readonly missing: number;
  /** Records whose index another record has. */
  readonly duplicates: number;
  /** Records whose trial is not the one that the grid has at their index. */
  readonly misplaced: number;
  /** Records whose content does not fit their hash. */
  readonly damaged: number;
  /** The first few, in words. */
  readonly problems: readonly string[];
  /** Every planned trial is recorded exactly once and unharmed. */
  readonly clean: boolean;
}

export interface Reusable {
  readonly experiment: string;
  readonly trialIds: readonly string[];
}

export interface Recorded {
  readonly inserted: number;
  /** Records of trials that had one already. */
  readonly duplicates: number;
  /** Records of sweeps that are not in the database (deleted meanwhile): dropped. */
  readonly orphans: number;
}

/** The record of a trial without its traces. Its metrics are those of the whole sweep, null where it reported none. */
export type TrialRow = Omit<Observation, 'traces'> | FailedTrial;

/** Which records. Both conditions must hold where both are given. */
export interface Selection {
  /** Equality on every named parameter. */
  readonly where?: Parameters;
  /** A condition in the language of a sweep's `where`, over metrics too: `depth > 3 && finalTrainLoss < 1e-3`. */
  readonly filter?: string;
}

/** Which failed trials. All conditions must hold that are given. */
export interface FailedSelection extends Selection {
  /** Default: any but `cancelled`, which was asked for. */
  readonly failure?: Failure;
  /** Beginnings of trial ids; any of them. Default: every id. */
  readonly trialIds?: readonly string[];
}

export interface RowQuery extends Selection {
  readonly kind?: 'observation' | 'failed';
  /** A column (`index`, `seed`, `elapsedSeconds`, `peakMemoryBytes`), `params.NAME` or `metrics.NAME`. Default: `index`. */
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  /** The last row of the page before: rows come after it in this order, whatever has been recorded meanwhile. */
  readonly after?: TrialRow;
}

/** An observation as claims and figures see it, without where and when it was made. */
export type MeasuredTrial = Pick<Observation, 'trialId' | 'index' | 'params' | 'seed' | 'outcome' | 'metrics'>;

export interface MeasuredQuery extends Selection {
  /** Only these; those that no trial reported are left out. Default: all. */
  readonly metrics?: readonly string[];
}

/** Records that one slot made with one engine. */
export interface SlotProvenance {
  readonly worker: string;
  readonly slot: string;
  /** Absent for trials that failed. */
  readonly engine?: EngineInfo;
  readonly records: number;
  /** Records of a second or later attempt. */
  readonly repeated: number;
  readonly firstStartMs: number;
  readonly lastEndMs: number;
  /** Sum over records. */
  readonly elapsedSeconds: number;
}

export interface ExportQuery extends Selection, Pick<RowQuery, 'kind'> {
  readonly format: 'csv' | 'jsonl' | 'parquet';
}

/** Rows of a group: trials that agree in the `by` parameters. */
export interface GroupRow {
  readonly group: Parameters;
  readonly count: number;
  readonly metrics: Readonly<Record<string, GroupMetric>>;
}

/**
 * Which trials to compare: those that agree in the seed and in every parameter but `parameter`. Both trials of a pair must
 * be selected: a selection that leaves out the baseline leaves no pairs.
 */
export interface PairQuery extends Selection {
  /** E.g. `approximation`. */
  readonly parameter: string;
  /** The value of `parameter` that all others are compared with, e.g. `exact`. */
  readonly baseline: ParameterValue;
  readonly metric: string;
  /** Parameters to group the differences by. Default: none, one mean over all pairs. */
  readonly by?: readonly string[];
}

/** Paired differences of one value of the compared parameter to the baseline. */
export interface PairRow {
  readonly value: ParameterValue;
  readonly group: Parameters;
  /** Of value − baseline; `count` is the number of pairs in which both trials measured the metric. */
  readonly difference: GroupMetric;
}

export interface GroupMetric {
  /** How many trials of the group measured it. */
  readonly count: number;
  /** Null where no trial measured it. */
  readonly mean: Measured;
  /** Of the sample (n − 1 in the denominator); null for fewer than two trials. */
  readonly standardDeviation: Measured;
  /** The mean ± this holds the expectation with 95 % confidence (Student's t); null for fewer than two trials. */
  readonly confidence95: Measured;
  /** Null where no trial measured it. */
  readonly greatest: Measured;
}

/**
 * The results database: SQLite file or PostgreSQL, one query layer. It is the only record of what was found; only the
 * scheduler's collector writes to it, everyone else reads.
 */
export interface ResultsStore {
  /**
   * Makes this store the one that writes: of any other that has done so before, no transaction is committed from now on. Waits
   * for the one that it may have under way. Their methods that write throw ResultsError `superseded`, and leave behind at most
   * texts that no record uses; stores that never took over go unchecked.
   */
  takeOver(): Promise<void>;

  /** Creates the sweep, or returns the one that has this name already (compare `commandId` and `spec`). */
  createSweep(sweep: StoredSweep): Promise<{ readonly created: boolean; readonly sweep: StoredSweep }>;
  getSweep(name: string): Promise<StoredSweep | undefined>;
  listSweeps(): Promise<readonly StoredSweep[]>;
  setSweepState(name: string, state: SweepState, reason?: string): Promise<void>;

  /** Deletes the sweep with all its records, versions and attempts. @returns Whether there was one. */
  deleteSweep(name: string): Promise<boolean>;
  /** Every spec that the sweep has had, the first one first. */
  versions(sweep: string): Promise<readonly SweepVersion[]>;
  /**
   * Replaces the sweep's spec and moves its records to their indices in the new grid; those of trials that are planned again,
   * or not any more, move to the sweep `NAME@VERSION` of the version that planned them. One transaction. A paused sweep stays
   * paused, any other runs. Idempotent by `commandId`. Nothing may be recorded meanwhile.
   */
  applyVersion(sweep: string, change: NewVersion): Promise<SweepVersion>;
  /** Reads every record, computes its hash again, and holds it against the grid. */
  verify(sweep: string, planned: PlannedTrials): Promise<Verification>;

  /** One transaction; a trial of a sweep that has a record already is left as it is and counted as duplicate. */
  record(records: readonly TrialRecord[]): Promise<Recorded>;
  /** Keeps the history of failed deliveries; one that is there already is left as it is. */
  recordAttempts(attempts: readonly FailedAttempt[]): Promise<void>;
  /** The failed deliveries of a trial, the first one first. */
  attempts(sweep: string, trialId: string): Promise<readonly FailedAttempt[]>;
  /** Observations of these trials in any sweep of the experiment, one each; record them under the new sweep to reuse them. */
  findReusable(wanted: Reusable): Promise<readonly Observation[]>;
  /** Grid indices that have a record, in no particular order. */
  recordedIndices(sweep: string): AsyncIterable<number>;
  counts(sweep: string): Promise<SweepCounts>;
  countFailed(sweep: string, selection: FailedSelection): Promise<SweepCounts['byFailure']>;

  rows(sweep: string, query?: RowQuery): Promise<readonly TrialRow[]>;
  /** All selected records without their traces, in the order of recording and in bounded memory. */
  allRows(sweep: string, query?: Selection & Pick<RowQuery, 'kind'>): AsyncIterable<TrialRow>;
  /**
   * The selected observations, a page at a time in the order of recording, so that a million fit into memory: trials of one
   * point share their `params`, and `metrics` can be read by name, but not spread or listed.
   */
  measured(sweep: string, query?: MeasuredQuery): AsyncIterable<readonly MeasuredTrial[]>;
  /** Where and when all records were made, by slot and engine, in the order of the first record of each. */
  provenance(sweep: string): Promise<readonly SlotProvenance[]>;
  /** The selected records, without traces, as a file in pieces: one flat row per trial with every parameter and metric. */
  export(sweep: string, query: ExportQuery): AsyncIterable<Uint8Array>;
  /** One record with its traces; `trialId` may be an unambiguous prefix. */
  trial(sweep: string, trialId: string): Promise<TrialRecord | undefined>;
  /**
   * Means and standard deviations of metrics, or of `elapsedSeconds` and `peakMemoryBytes`, over all trials that agree in
   * `by`, computed in the database.
   */
  groups(
    sweep: string,
    by: readonly string[],
    metrics: readonly string[],
    query?: Selection,
  ): Promise<readonly GroupRow[]>;
  /** Paired differences (common seeds) of a metric to a baseline value of a parameter, computed in the database. */
  pairs(sweep: string, query: PairQuery): Promise<readonly PairRow[]>;
  /** Observations with traces, for figures. */
  traces(sweep: string, query?: Pick<RowQuery, 'where' | 'limit'>): AsyncIterable<Observation>;
  close(): Promise<void>;
}
