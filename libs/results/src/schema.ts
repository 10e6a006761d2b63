import type { Failure } from '@natsweep/sweep';
import type { Generated, Kysely, Selectable, ColumnType as TypedColumn } from 'kysely';
import type { SweepState } from './store.ts';

export interface SweepTable {
  id: Generated<number>;
  name: string;
  experiment: string;
  experiment_version: number;
  spec: string;
  planned: number;
  state: SweepState;
  state_reason: string | null;
  created_at_ms: number;
  completed_at_ms: number | null;
  command_id: string;
}

/** Which column of `trials_N` holds which parameter or metric. A parameter has one column per type of its values. */
export interface ColumnTable {
  sweep_id: number;
  role: 'param' | 'metric';
  name: string;
  type: ColumnType;
  /** `p1`, `p2`, … or `m1`, `m2`, …: names of parameters never become identifiers. */
  column_name: ValueColumn;
}

export type ColumnType = 'number' | 'string' | 'boolean';
export type ValueColumn = `p${number}` | `m${number}`;

/** Number of records of a sweep by how they ended, kept in the transaction that inserts them. */
export interface TallyTable {
  sweep_id: number;
  /** An outcome or a failure: the two sets are disjoint. */
  ending: string;
  records: number;
}

/** What a sweep was asked to be, each time it was asked; the last one is in `sweeps`. */
export interface VersionTable {
  sweep_id: number;
  version: number;
  spec: string;
  planned: number;
  command_id: string;
  applied_at_ms: number;
}

/** Deliveries that failed, whether or not a later one succeeded. */
export interface FailedAttemptTable {
  sweep_id: number;
  trial_id: string;
  attempt: number;
  failure: Failure;
  message: string;
  log_tail: string;
  worker: string;
  slot: string;
  started_at_ms: number;
  elapsed_seconds: number;
}

/** One row: how often a writer has taken over, see `fence.ts`. */
export interface WriterTable {
  epoch: number;
}

/** Texts that many records share (an engine's description, a slot, the shape of traces), stored once, never changed. */
export interface TextTable {
  id: Generated<number>;
  /** SHA-256 of the content: an index over long texts has its limits in PostgreSQL. */
  hash: string;
  content: string;
}

/**
 * What is filtered, sorted, grouped: one narrow row per record, one native column per parameter and metric, so that a
 * million rows are scanned in a fraction of a second. Each sweep has its own table.
 */
export interface TrialTable {
  id: Generated<number>;
  trial_index: number;
  trial_id: string;
  seed: number;
  outcome: string | null;
  failure: string | null;
  attempt: number;
  started_at_ms: number;
  elapsed_seconds: number;
  peak_memory_bytes: number | null;
  slot_text: number;
  engine_text: number | null;
  /** Of `pair-key.ts`: is compared and combined in SQL, and too large to be read as a number. */
  pair_key: TypedColumn<never, bigint, never>;
  [value: ValueColumn]: number | string | null;
}

/** What is read for one record at a time, kept out of the way of scans. */
export interface DetailTable {
  id: number;
  hash: Uint8Array;
  traces_text: number | null;
  traces: Uint8Array | null;
  message: string | null;
  log_tail: string | null;
}

export type TrialTableName = `trials_${number}`;
export type DetailTableName = `details_${number}`;

export interface Schema {
  sweeps: SweepTable;
  sweep_columns: ColumnTable;
  sweep_tallies: TallyTable;
  sweep_versions: VersionTable;
  failed_attempts: FailedAttemptTable;
  writer: WriterTable;
  texts: TextTable;
  [trials: TrialTableName]: TrialTable;
  [details: DetailTableName]: DetailTable;
}

export type Database = Kysely<Schema>;
export type SweepRow = Selectable<SweepTable>;
