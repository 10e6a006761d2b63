import type { TrialRecord } from '@natsweep/sweep';
import type { Transaction } from 'kysely';
import type { Connection } from './connection.ts';
import { completeColumns, valueColumns } from './columns.ts';
import { fixedColumns } from './decode-record.ts';
import { detailRow, prepareRecord, sharedTexts, trialRow } from './encode-record.ts';
import type { PreparedRecord } from './encode-record.ts';
import type { DatabaseKind } from './migrations.ts';
import type { Schema } from './schema.ts';
import type { Recorded } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import { inParts } from './texts.ts';
import type { Texts } from './texts.ts';

/** Bound parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const maxParameters = 16_000;

/**
 * Rows of one statement of SQLite: it has no round trips to save, and a prepared statement of 500 rows would hold a megabyte
 * for its parameters, again for every other number of rows.
 */
const maxSqliteRows = 64;

/** Invariant 2: all of these records or none, and of each planned trial the first record only. */
export async function record({ db, kind, texts }: Connection, records: readonly TrialRecord[]): Promise<Recorded> {
  const bySweep = Map.groupBy(records, ({ sweep }) => sweep);
  const prepared = new Map<string, PreparedRecord[]>();
  for (const [sweep, ofSweep] of bySweep) prepared.set(sweep, firstOfEachTrial(ofSweep).map(prepareRecord));
  await texts.store(sharedTexts([...prepared.values()].flat()));
  let inserted = 0;
  let orphans = 0;
  await db.transaction().execute(async (transaction) => {
    for (const [sweep, ofSweep] of prepared) {
      const row = await transaction.selectFrom('sweeps').select('id').where('name', '=', sweep).executeTakeFirst();
      if (row) inserted += await insertRecords(transaction, { sweepId: row.id, records: ofSweep, kind, texts });
      else orphans += bySweep.get(sweep)!.length;
    }
  });
  return { inserted, duplicates: records.length - orphans - inserted, orphans };
}

function firstOfEachTrial(records: readonly TrialRecord[]): TrialRecord[] {
  const first = new Map<string, TrialRecord>();
  for (const record of records) if (!first.has(record.trialId)) first.set(record.trialId, record);
  return [...first.values()];
}

interface Insertion {
  readonly kind: DatabaseKind;
  readonly sweepId: number;
  readonly records: readonly PreparedRecord[];
  readonly texts: Texts;
}

async function insertRecords(db: Transaction<Schema>, { sweepId, records, kind, texts }: Insertion): Promise<number> {
  const columns = await completeColumns(db, kind, { sweepId, records: records.map(({ record }) => record) });
  const fitting = Math.max(1, Math.floor(maxParameters / (fixedColumns.length + valueColumns(columns).length)));
  const tallies = new Map<string, number>();
  let inserted = 0;
  for (const part of inParts(records, kind === 'sqlite' ? Math.min(fitting, maxSqliteRows) : fitting)) {
    const fresh = await insertTrials(
      db,
      sweepId,
      part.map((each) => trialRow(each, columns, texts)),
    );
    const details = part.filter(({ record }) => fresh.has(record.trialId));
    if (details.length === 0) continue;
    inserted += details.length;
    await db
      .insertInto(detailTable(sweepId))
      .values(details.map((each) => detailRow(each, fresh.get(each.record.trialId)!, texts)))
      .execute();
    for (const { record } of details) {
      const ending = record.kind === 'observation' ? record.outcome : record.failure;
      tallies.set(ending, (tallies.get(ending) ?? 0) + 1);
    }
  }
  await addTallies(db, sweepId, tallies);
  return inserted;
}

/** @returns Row id by trial id of the trials that had no record yet. */
async function insertTrials(
  db: Transaction<Schema>,
  sweepId: number,
  rows: ReturnType<typeof trialRow>[],
): Promise<Map<string, number>> {
  const fresh = await db
    .insertInto(trialTable(sweepId))
    .values(rows)
    .onConflict((conflict) => conflict.column('trial_id').doNothing())
    .returning(['id', 'trial_id'])
    .execute();
  return new Map(fresh.map(({ id, trial_id }) => [trial_id, id]));
}

async function addTallies(
  db: Transaction<Schema>,
  sweepId: number,
  tallies: ReadonlyMap<string, number>,
): Promise<void> {
  if (tallies.size === 0) return;
  await db
    .insertInto('sweep_tallies')
    .values([...tallies].sort().map(([ending, records]) => ({ sweep_id: sweepId, ending, records })))
    .onConflict((conflict) =>
      conflict
        .columns(['sweep_id', 'ending'])
        .doUpdateSet((row) => ({ records: row('sweep_tallies.records', '+', row.ref('excluded.records')) })),
    )
    .execute();
}
