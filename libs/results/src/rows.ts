import type { Observation, TrialRecord } from '@natsweep/sweep';
import type { Selectable } from 'kysely';
import { valueColumns } from './columns.ts';
import type { Connection } from './connection.ts';
import { decodeRecords, decodeRows, fixedColumns } from './decode-record.ts';
import type { StoredRecord, StoredTrial } from './decode-record.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import type { SweepPlace, TrialQuery } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { Database, TrialTable } from './schema.ts';
import { sortedPage } from './sorted-page.ts';
import type { RowQuery, TrialRow } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import { inParts } from './texts.ts';

/** Records read at once when everything is read: with their traces, and without. */
const pageSize = 500;
const rowPageSize = 1000;

export async function readRows({ db, texts }: Connection, name: string, query: RowQuery): Promise<readonly TrialRow[]> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return [];
  const stored = await sortedPage(selectTrials(db, sweep, query), sweep.columns, query)
    .select([...fixedColumns, ...valueColumns(sweep.columns)])
    .execute();
  return decodeRows(await withMessages(db, sweep, stored), { sweep: name, columns: sweep.columns, texts });
}

/** The rows with the messages and log tails of the failed among them. */
async function withMessages(
  db: Database,
  sweep: SweepPlace,
  trials: readonly Selectable<TrialTable>[],
): Promise<readonly StoredTrial[]> {
  const failed = trials.filter(({ outcome }) => outcome === null).map(({ id }) => id);
  if (failed.length === 0) return trials;
  const messages = new Map<number, Pick<StoredTrial, 'message' | 'log_tail'>>();
  for (const part of inParts(failed, pageSize)) {
    const details = await db
      .selectFrom(detailTable(sweep.id))
      .select(['id', 'message', 'log_tail'])
      .where('id', 'in', part)
      .execute();
    for (const { id, ...message } of details) messages.set(id, message);
  }
  return trials.map((trial) => (trial.outcome === null ? { ...trial, ...messages.get(trial.id) } : trial));
}

/** @throws ResultsError `ambiguous` if the prefix fits more than one trial. */
export async function readTrial(
  { db, texts }: Connection,
  name: string,
  prefix: string,
): Promise<TrialRecord | undefined> {
  const sweep = await findSweep(db, name);
  const found = await recordQuery(sweep, db.selectFrom(trialTable(sweep.id)))
    .where('trial_id', '>=', prefix)
    .where('trial_id', '<', `${prefix}\u{10ffff}`)
    .limit(2)
    .execute();
  if (found.length > 1)
    throw new ResultsError(
      'ambiguous',
      `More than one trial of "${name}" begins with "${prefix}": give more of its id.`,
    );
  const [record] = await decodeRecords(found as StoredRecord[], { sweep: name, columns: sweep.columns, texts });
  return record;
}

/** A record with the hash that was stored with it. */
export interface HashedRecord {
  readonly record: TrialRecord;
  readonly hash: Uint8Array;
}

/**
 * Every selected record with its traces, in the order of recording, a page at a time: memory stays bounded, and the
 * database is free for other questions between pages.
 */
export async function* readRecords(
  { db, texts }: Connection,
  name: string,
  query: RowQuery = {},
): AsyncGenerator<HashedRecord> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return;
  let left = query.limit ?? Infinity;
  for (let after = -1; left > 0;) {
    const page = await recordQuery(sweep, selectTrials(db, sweep, query))
      .where(`${trialTable(sweep.id)}.id`, '>', after)
      .orderBy(`${trialTable(sweep.id)}.id`)
      .limit(Math.min(left, pageSize))
      .execute();
    if (page.length === 0) return;
    const records = await decodeRecords(page as StoredRecord[], { sweep: name, columns: sweep.columns, texts });
    for (const [position, record] of records.entries()) yield { record, hash: page[position]!.hash };
    after = page.at(-1)!.id;
    left -= page.length;
  }
}

export async function* readTraces(connection: Connection, name: string, query: RowQuery): AsyncGenerator<Observation> {
  for await (const { record } of readRecords(connection, name, { ...query, kind: 'observation' }))
    if (record.kind === 'observation') yield record;
}

/** Every selected record without its traces, in the order of recording, a page at a time. */
export async function* readAllRows({ db, texts }: Connection, name: string, query: RowQuery): AsyncGenerator<TrialRow> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return;
  for (let after = -1; ;) {
    const page = await selectTrials(db, sweep, query)
      .select([...fixedColumns, ...valueColumns(sweep.columns)])
      .where('id', '>', after)
      .orderBy('id')
      .limit(rowPageSize)
      .execute();
    if (page.length === 0) return;
    const decoding = { sweep: name, columns: sweep.columns, texts };
    yield* await decodeRows(await withMessages(db, sweep, page), decoding);
    after = page.at(-1)!.id;
  }
}

export async function readRecordsOf(
  { db, texts }: Connection,
  sweep: SweepPlace,
  trialIds: readonly string[],
): Promise<TrialRecord[]> {
  const found = await recordQuery(sweep, db.selectFrom(trialTable(sweep.id)))
    .where('trial_id', 'in', trialIds)
    .execute();
  return decodeRecords(found as StoredRecord[], { sweep: sweep.name, columns: sweep.columns, texts });
}

function recordQuery(sweep: SweepPlace, trials: TrialQuery) {
  const details = detailTable(sweep.id);
  const table = trialTable(sweep.id);
  return trials
    .innerJoin(details, `${details}.id`, `${table}.id`)
    .select([...fixedColumns.map((column) => `${table}.${column}` as const), ...valueColumns(sweep.columns)])
    .select(['hash', 'traces_text', 'traces', 'message', 'log_tail']);
}
