import type { TrialRecord } from '@natsweep/sweep';
import type { Transaction } from 'kysely';
import type { Connection } from './connection.ts';
import { completeColumns } from './columns.ts';
import { detailColumns, detailValues, prepareRecord, sharedTexts, trialLayout, trialValues } from './encode-record.ts';
import type { PreparedRecord } from './encode-record.ts';
import { insertRows } from './insert-rows.ts';
import type { DatabaseKind } from './migrations.ts';
import type { Schema } from './schema.ts';
import type { Recorded } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import type { Texts } from './texts.ts';

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
  const layout = trialLayout(columns);
  const fresh = await insertRows<{ readonly id: number; readonly trial_id: string }>(db, kind, {
    target: {
      table: trialTable(sweepId),
      columns: layout.names,
      ending: 'on conflict ("trial_id") do nothing returning "id", "trial_id"',
    },
    rows: records.map((each) => trialValues(each, layout, texts)),
  });
  const ids = new Map(fresh.map(({ id, trial_id }) => [trial_id, id]));
  const inserted = records.filter(({ record }) => ids.has(record.trialId));
  await insertRows(db, kind, {
    target: { table: detailTable(sweepId), columns: detailColumns },
    rows: inserted.map((each) => detailValues(each, ids.get(each.record.trialId)!, texts)),
  });
  await addTallies(db, sweepId, inserted);
  return inserted.length;
}

async function addTallies(
  db: Transaction<Schema>,
  sweepId: number,
  inserted: readonly PreparedRecord[],
): Promise<void> {
  if (inserted.length === 0) return;
  const tallies = new Map<string, number>();
  for (const { record } of inserted) {
    const ending = record.kind === 'observation' ? record.outcome : record.failure;
    tallies.set(ending, (tallies.get(ending) ?? 0) + 1);
  }
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
