import type {
  AttemptInfo,
  EngineInfo,
  Failure,
  GpuReading,
  Measured,
  Outcome,
  ParameterValue,
  TrialRecord,
} from '@natsweep/sweep';
import type { Selectable } from 'kysely';
import type { Columns } from './columns.ts';
import type { DetailTable, TrialTable, ValueColumn } from './schema.ts';
import type { TrialRow } from './store.ts';
import type { Texts } from './texts.ts';
import { decodeTraces } from './traces.ts';

export type StoredTrial = Selectable<TrialTable> & Partial<Pick<Selectable<DetailTable>, 'message' | 'log_tail'>>;
export type StoredRecord = StoredTrial & Selectable<DetailTable>;

export interface Decoding {
  readonly sweep: string;
  readonly columns: Columns;
  readonly texts: Texts;
}

/** Columns of `trials_N` that every sweep has. */
export const fixedColumns = [
  'id',
  'trial_index',
  'trial_id',
  'seed',
  'outcome',
  'failure',
  'attempt',
  'started_at_ms',
  'elapsed_seconds',
  'peak_memory_bytes',
  'slot_text',
  'engine_text',
] as const satisfies readonly (keyof TrialTable)[];

export async function decodeRows(rows: readonly StoredTrial[], decoding: Decoding): Promise<TrialRow[]> {
  await decoding.texts.load(rows.flatMap(({ slot_text, engine_text }) => [slot_text, engine_text]));
  return rows.map((row) => decodeRow(row, decoding));
}

export async function decodeRecords(rows: readonly StoredRecord[], decoding: Decoding): Promise<TrialRecord[]> {
  await decoding.texts.load(rows.map(({ traces_text }) => traces_text));
  const decoded = await decodeRows(rows, decoding);
  return decoded.map((row, position) => {
    const { traces, traces_text } = rows[position]!;
    if (row.kind === 'failed' || traces === null || traces_text === null) return row as TrialRecord;
    return { ...row, traces: decodeTraces({ shape: decoding.texts.content(traces_text), bytes: traces }) };
  });
}

function decodeRow(row: StoredTrial, { sweep, columns, texts }: Decoding): TrialRow {
  const [worker, slot, gpu] = texts.json(row.slot_text) as [string, string, GpuReading?];
  const attempt: AttemptInfo = {
    attempt: row.attempt,
    worker,
    slot,
    startedAtMs: row.started_at_ms,
    elapsedSeconds: row.elapsed_seconds,
    ...(row.peak_memory_bytes !== null && { peakMemoryBytes: row.peak_memory_bytes }),
    ...(gpu !== undefined && { gpu }),
  };
  const place = {
    sweep,
    trialId: row.trial_id,
    index: row.trial_index,
    params: decodeParams(row, columns),
    seed: row.seed,
    attempt,
  };
  if (row.outcome === null)
    return {
      kind: 'failed',
      ...place,
      failure: row.failure as Failure,
      message: row.message ?? '',
      logTail: row.log_tail ?? '',
    };
  const metrics = Object.fromEntries([...columns.metrics].map(([name, column]) => [name, row[column] as Measured]));
  const engine = texts.json(row.engine_text!) as EngineInfo;
  return { kind: 'observation', ...place, outcome: row.outcome as Outcome, metrics, engine };
}

/** A conditional parameter that a trial does not have is null in every column of its name. */
export function decodeParams(row: Pick<TrialTable, ValueColumn>, columns: Columns): Record<string, ParameterValue> {
  const params: [string, ParameterValue][] = [];
  for (const [name, candidates] of columns.params)
    for (const { column, type } of candidates) {
      const value = row[column];
      if (value !== null && value !== undefined) params.push([name, type === 'boolean' ? value === 1 : value]);
    }
  return Object.fromEntries(params);
}
