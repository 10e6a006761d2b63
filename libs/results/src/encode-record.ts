import type { TrialRecord } from '@natsweep/sweep';
import type { Insertable } from 'kysely';
import { typeOf, valueColumns } from './columns.ts';
import type { Columns } from './columns.ts';
import { recordHash } from './record-hash.ts';
import type { DetailTable, TrialTable, ValueColumn } from './schema.ts';
import type { Texts } from './texts.ts';
import { encodeTraces, traceBytes } from './traces.ts';
import type { EncodedTraces } from './traces.ts';

/** A record with what does not depend on where it is stored: computed before the transaction begins. */
export interface PreparedRecord {
  readonly record: TrialRecord;
  readonly hash: Uint8Array;
  readonly traces: EncodedTraces | null;
  readonly slot: string;
  readonly engine: string | null;
}

export function prepareRecord(input: TrialRecord): PreparedRecord {
  const record = storable(input);
  const { worker, slot: slotName, gpu } = record.attempt;
  const slot = JSON.stringify(gpu === undefined ? [worker, slotName] : [worker, slotName, gpu]);
  if (record.kind === 'failed') return { record, hash: recordHash(record), traces: null, slot, engine: null };
  const plain = traceBytes(record.traces);
  return {
    record,
    hash: recordHash(record, plain),
    traces: encodeTraces(record.traces, plain),
    slot,
    engine: JSON.stringify(record.engine),
  };
}

/** Numbers that are not finite become null, as JSON makes them; what is no text becomes U+FFFD. */
function storable(record: TrialRecord): TrialRecord {
  const params = mapValues(record.params, (value) => (typeof value === 'string' ? storableText(value) : value));
  if (record.kind === 'failed')
    return { ...record, params, message: storableText(record.message), logTail: storableText(record.logTail) };
  const metrics = mapValues(record.metrics, (value) => (Number.isFinite(value) ? value : null));
  return { ...record, params, metrics };
}

/** PostgreSQL keeps no NUL, and lone surrogates have no UTF-8. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function mapValues<Value>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  const entries = Object.entries(values).map(([name, value]) => [name, change(value)] as const);
  return entries.every(([name, value]) => value === values[name]) ? values : Object.fromEntries(entries);
}

export function* sharedTexts(records: readonly PreparedRecord[]): Iterable<string> {
  for (const { traces, slot, engine } of records) {
    yield slot;
    if (engine !== null) yield engine;
    if (traces !== null) yield traces.shape;
  }
}

export function trialRow(
  { record, slot, engine }: PreparedRecord,
  columns: Columns,
  texts: Texts,
): Insertable<TrialTable> {
  // every column, also where there is nothing: one statement text for all records, parsed once
  const values: Record<ValueColumn, number | string | null> = {};
  for (const column of valueColumns(columns)) values[column] = null;
  for (const [name, value] of Object.entries(record.params)) {
    const { column } = columns.params.get(name)!.find(({ type }) => type === typeOf(value))!;
    values[column] = typeof value === 'boolean' ? Number(value) : value;
  }
  if (record.kind === 'observation')
    for (const [name, value] of Object.entries(record.metrics)) values[columns.metrics.get(name)!] = value;
  return {
    trial_index: record.index,
    trial_id: record.trialId,
    seed: record.seed,
    outcome: record.kind === 'observation' ? record.outcome : null,
    failure: record.kind === 'failed' ? record.failure : null,
    attempt: record.attempt.attempt,
    started_at_ms: record.attempt.startedAtMs,
    elapsed_seconds: record.attempt.elapsedSeconds,
    peak_memory_bytes: record.attempt.peakMemoryBytes ?? null,
    slot_text: texts.id(slot),
    engine_text: engine === null ? null : texts.id(engine),
    ...values,
  };
}

export function detailRow({ record, hash, traces }: PreparedRecord, id: number, texts: Texts): Insertable<DetailTable> {
  return {
    id,
    hash,
    traces_text: traces === null ? null : texts.id(traces.shape),
    traces: traces?.bytes ?? null,
    message: record.kind === 'failed' ? record.message : null,
    log_tail: record.kind === 'failed' ? record.logTail : null,
  };
}
