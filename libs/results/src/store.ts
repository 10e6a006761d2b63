import type { FailedTrial, Failure, Measured, Observation, Outcome, Parameters, TrialRecord } from '@natsweep/sweep';

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

export interface Recorded {
  readonly inserted: number;
  /** Records of trials that had one already. */
  readonly duplicates: number;
  /** Records of sweeps that are not in the database (deleted meanwhile): dropped. */
  readonly orphans: number;
}

/** The record of a trial without its traces. */
export type TrialRow = Omit<Observation, 'traces'> | FailedTrial;

/** Which records. Both conditions must hold where both are given. */
export interface Selection {
  /** Equality on every named parameter. */
  readonly where?: Parameters;
  /** A condition in the language of a sweep's `where`, over metrics too: `depth > 3 && trainLossFinal < 1e-3`. */
  readonly filter?: string;
}

export interface RowQuery extends Selection {
  readonly kind?: 'observation' | 'failed';
  /** A column (`index`, `seed`, `elapsedSeconds`), `params.NAME` or `metrics.NAME`. Default: `index`. */
  readonly orderBy?: string;
  readonly descending?: boolean;
  readonly limit?: number;
  readonly offset?: number;
}

/** Rows of a group: trials that agree in the `by` parameters. */
export interface GroupRow {
  readonly group: Parameters;
  readonly count: number;
  readonly metrics: Readonly<Record<string, GroupMetric>>;
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
}

/**
 * The results database: SQLite file or PostgreSQL, one query layer. It is the only record of what was found; only the
 * scheduler's collector writes to it, everyone else reads.
 */
export interface ResultsStore {
  /** Creates the sweep, or returns the one that has this name already (compare `commandId` and `spec`). */
  createSweep(sweep: StoredSweep): Promise<{ readonly created: boolean; readonly sweep: StoredSweep }>;
  getSweep(name: string): Promise<StoredSweep | undefined>;
  listSweeps(): Promise<readonly StoredSweep[]>;
  setSweepState(name: string, state: SweepState, reason?: string): Promise<void>;

  /** One transaction; a trial of a sweep that has a record already is left as it is and counted as duplicate. */
  record(records: readonly TrialRecord[]): Promise<Recorded>;
  /** Grid indices that have a record, in no particular order. */
  recordedIndices(sweep: string): AsyncIterable<number>;
  counts(sweep: string): Promise<SweepCounts>;

  rows(sweep: string, query?: RowQuery): Promise<readonly TrialRow[]>;
  /** One record with its traces; `trialId` may be an unambiguous prefix. */
  trial(sweep: string, trialId: string): Promise<TrialRecord | undefined>;
  /** Means and standard deviations of metrics over all trials that agree in `by`, computed in the database. */
  groups(
    sweep: string,
    by: readonly string[],
    metrics: readonly string[],
    query?: Selection,
  ): Promise<readonly GroupRow[]>;
  /** Observations with traces, for figures. */
  traces(sweep: string, query?: Pick<RowQuery, 'where' | 'limit'>): AsyncIterable<Observation>;
  close(): Promise<void>;
}
