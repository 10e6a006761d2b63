import type { Observation, TrialRecord } from '@natsweep/sweep';
import { valueColumns } from './columns.ts';
import type { Connection } from './connection.ts';
import { decodeRecords, decodeRows, fixedColumns } from './decode-record.ts';
import type { StoredRecord, StoredTrial } from './decode-record.ts';
import { findSweep, isEmpty, selectTrials, sortColumns } from './query.ts';
import type { SweepPlace, TrialQuery } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { Database } from './schema.ts';
import type { RowQuery, TrialRow } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';

/** Rows read at once when everything is read. */
const pageSize = 500;

export async function readRows({ db, texts }: Connection, name: string, query: RowQuery): Promise<readonly TrialRow[]> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return [];
  const stored = await sortedPage(selectTrials(db, sweep, query), sweep, query)
    .select([...fixedColumns, ...valueColumns(sweep.columns)])
    .execute();
  return decodeRows(await withMessages(db, sweep, stored), { sweep: name, columns: sweep.columns, texts });
}

/** Nulls last in both databases; ties in the order of the grid. */
function sortedPage(trials: TrialQuery, sweep: SweepPlace, query: RowQuery): TrialQuery {
  let page = trials;
  const direction = query.descending ? 'desc' : 'asc';
  for (const column of sortColumns(sweep.columns, query.orderBy ?? 'index'))
    page =
      column === 'trial_index'
        ? page.orderBy(column, direction)
        : page.orderBy(column, (order) => order[direction]().nullsLast());
  page = page.orderBy('trial_index').orderBy('id');
  if (query.limit !== undefined) page = page.limit(query.limit);
  else if (query.offset !== undefined) page = page.limit(Number.MAX_SAFE_INTEGER);
  return query.offset === undefined ? page : page.offset(query.offset);
}

/** Messages and log tails of the failed among these. */
async function withMessages(
  db: Database,
  sweep: SweepPlace,
  trials: readonly Omit<StoredTrial, 'message' | 'log_tail'>[],
): Promise<StoredTrial[]> {
  const failed = trials.filter(({ outcome }) => outcome === null).map(({ id }) => id);
  const messages = new Map<number, Pick<StoredTrial, 'message' | 'log_tail'>>();
  for (let start = 0; start < failed.length; start += pageSize) {
    const details = await db
      .selectFrom(detailTable(sweep.id))
      .select(['id', 'message', 'log_tail'])
      .where('id', 'in', failed.slice(start, start + pageSize))
      .execute();
    for (const { id, ...message } of details) messages.set(id, message);
  }
  const none = { message: null, log_tail: null };
  return trials.map((trial) => ({ ...trial, ...(messages.get(trial.id) ?? none) }) as StoredTrial);
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

/**
 * Every selected record with its traces, in the order of recording, a page at a time: memory stays bounded, and the
 * database is free for other questions between pages.
 */
export async function* readRecords(
  { db, texts }: Connection,
  name: string,
  query: RowQuery,
): AsyncGenerator<TrialRecord> {
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
    yield* await decodeRecords(page as StoredRecord[], { sweep: name, columns: sweep.columns, texts });
    after = page.at(-1)!.id;
    left -= page.length;
  }
}

export async function* readTraces(connection: Connection, name: string, query: RowQuery): AsyncGenerator<Observation> {
  for await (const record of readRecords(connection, name, { ...query, kind: 'observation' }))
    if (record.kind === 'observation') yield record;
}

function recordQuery(sweep: SweepPlace, trials: TrialQuery) {
  const details = detailTable(sweep.id);
  const table = trialTable(sweep.id);
  return trials
    .innerJoin(details, `${details}.id`, `${table}.id`)
    .select([...fixedColumns.map((column) => `${table}.${column}` as const), ...valueColumns(sweep.columns)])
    .select(['hash', 'traces_text', 'traces', 'message', 'log_tail']);
}
