import type { TrialRecord } from '@natsweep/sweep';
import { typeOf } from './columns.ts';
import type { Columns } from './columns.ts';
import { fixedColumns } from './decode-record.ts';
import type { Value } from './insert-rows.ts';
import { pairKey } from './pair-key.ts';
import { perEngine } from './per-engine.ts';
import { recordHash } from './record-hash.ts';
import type { ColumnType, DetailTable, ValueColumn } from './schema.ts';
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

const engineText = perEngine((engine) => JSON.stringify(engine));

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
    engine: engineText(record.engine),
  };
}

/** Numbers that are not finite become null, as JSON makes them; what is no text becomes U+FFFD. */
function storable(record: TrialRecord): TrialRecord {
  const params = mapValues(record.params, (value) => (typeof value === 'string' ? storableText(value) : value));
  if (record.kind === 'failed')
    return { ...record, params, message: storableText(record.message), logTail: storableText(record.logTail) };
  const metrics = mapValues(record.metrics, (value) => (Number.isFinite(value) ? value : null));
  return params === record.params && metrics === record.metrics ? record : { ...record, params, metrics };
}

/** PostgreSQL keeps no NUL, and lone surrogates have no UTF-8. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\0', '\ufffd');
}

function mapValues<Value>(
  values: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  let changed: Record<string, Value> | undefined;
  for (const name in values) {
    const value = values[name]!;
    const after = change(value);
    if (after !== value) (changed ??= { ...values })[name] = after;
  }
  return changed ?? values;
}

export function* sharedTexts(records: readonly PreparedRecord[]): Iterable<string> {
  for (const { traces, slot, engine } of records) {
    yield slot;
    if (engine !== null) yield engine;
    if (traces !== null) yield traces.shape;
  }
}

/** How a record becomes a row of `trials_N`. */
export interface TrialLayout {
  /** Every column but the id, also where a record has nothing for it: one statement for all records. */
  readonly names: readonly string[];
  /** Where in a row each parameter stands, by the type of its value. */
  readonly params: ReadonlyMap<string, Readonly<Partial<Record<ColumnType, number>>>>;
  readonly metrics: ReadonlyMap<string, number>;
}

export function trialLayout({ params, metrics }: Columns): TrialLayout {
  const [, ...read] = fixedColumns;
  const names: string[] = [...read, 'pair_key'];
  const place = (column: ValueColumn): number => names.push(column) - 1;
  return {
    names,
    params: mapEntries(params, (columns) =>
      Object.fromEntries(columns.map(({ type, column }) => [type, place(column)])),
    ),
    metrics: mapEntries(metrics, place),
  };
}

function mapEntries<From, To>(
  entries: ReadonlyMap<string, From>,
  change: (value: From) => To,
): ReadonlyMap<string, To> {
  return new Map([...entries].map(([name, value]) => [name, change(value)]));
}

/** In the order of the layout's names. */
export function trialValues({ record, slot, engine }: PreparedRecord, layout: TrialLayout, texts: Texts): Value[] {
  const { attempt, params } = record;
  const row: Value[] = [
    record.index,
    record.trialId,
    record.seed,
    record.kind === 'observation' ? record.outcome : null,
    record.kind === 'failed' ? record.failure : null,
    attempt.attempt,
    attempt.startedAtMs,
    attempt.elapsedSeconds,
    attempt.peakMemoryBytes ?? null,
    texts.id(slot),
    engine === null ? null : texts.id(engine),
    pairKey(params, record.seed),
  ];
  while (row.length < layout.names.length) row.push(null);
  for (const name in params) {
    const value = params[name]!;
    row[layout.params.get(name)![typeOf(value)]!] = typeof value === 'boolean' ? Number(value) : value;
  }
  if (record.kind === 'observation')
    for (const name in record.metrics) row[layout.metrics.get(name)!] = record.metrics[name]!;
  return row;
}

export const detailColumns = [
  'id',
  'hash',
  'traces_text',
  'traces',
  'message',
  'log_tail',
] as const satisfies readonly (keyof DetailTable)[];

/** In the order of `detailColumns`. */
export function detailValues({ record, hash, traces }: PreparedRecord, id: number, texts: Texts): Value[] {
  return [
    id,
    hash,
    traces === null ? null : texts.id(traces.shape),
    traces?.bytes ?? null,
    record.kind === 'failed' ? record.message : null,
    record.kind === 'failed' ? record.logTail : null,
  ];
}
