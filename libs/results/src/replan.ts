import { sql } from 'kysely';
import type { SqlBool, Transaction } from 'kysely';
import { addColumn, valueColumns } from './columns.ts';
import { decodeParams, fixedColumns } from './decode-record.ts';
import { detailColumns } from './encode-record.ts';
import type { DatabaseKind } from './migrations.ts';
import { isEmpty } from './query.ts';
import type { SweepPlace, TrialQuery } from './query.ts';
import { retiredName } from './retired.ts';
import type { Schema } from './schema.ts';
import { selectFailed } from './select-failed.ts';
import type { FailedSelection, NewVersion } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import { deleteSweep, getSweep, insertSweep } from './sweeps.ts';
import { inParts } from './texts.ts';

/** Ids over which one statement goes: SQLite keeps the timers of the process waiting meanwhile, also the one of its lease. */
const idsAtOnce = 10_000;
const pageSize = 1000;

export interface Replanning {
  readonly sweep: SweepPlace;
  /** By which its records were planned until now. */
  readonly version: number;
  readonly change: Pick<NewVersion, 'again' | 'place'>;
}

/** Moves the records of a sweep to where its next version has them. */
export async function replan(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  { sweep, version, change: { again, place } }: Replanning,
): Promise<void> {
  if (isEmpty(sweep)) return;
  const retired = [
    ...(place ? await rearrange(db, sweep, place) : []),
    ...(again ? await failedParts(db, sweep, again) : []),
  ];
  if (retired.length === 0) return;
  const retiredId = await createRetired(db, kind, { sweep, version });
  for (const part of retired) await moveOut(db, part, { sweep, retiredId });
  for (const id of [sweep.id, retiredId]) await recount(db, id);
}

/** Of the selected records those whose ids are in a range: PostgreSQL would look through the whole table for a list of ids. */
interface Part {
  readonly trials: TrialQuery;
  readonly first: number;
  readonly last: number;
}

/** Gives records their new indices. @returns Those that have none. */
async function rearrange(
  db: Transaction<Schema>,
  sweep: SweepPlace,
  place: NonNullable<NewVersion['place']>,
): Promise<Part[]> {
  const { columns } = sweep;
  const trials = db.selectFrom(trialTable(sweep.id));
  const params = [...columns.params.values()].flat().map(({ column }) => column);
  const retired: number[] = [];
  for (let after = -1; ;) {
    const page = await trials
      .select(['id', 'trial_index', 'trial_id', 'seed', ...params])
      .where('id', '>', after)
      .orderBy('id')
      .limit(pageSize)
      .execute();
    if (page.length === 0) break;
    const moved: (readonly [id: number, index: number])[] = [];
    for (const row of page) {
      const { id, trial_index, trial_id, seed } = row;
      const index = place({ trialId: trial_id, index: trial_index, params: decodeParams(row, columns), seed });
      if (index === undefined) retired.push(id);
      else if (index !== trial_index) moved.push([id, index]);
    }
    await setIndices(db, sweep.id, moved);
    after = page.at(-1)!.id;
  }
  return inParts(retired, pageSize).map((ids) => ({
    trials: trials.where('id', 'in', ids),
    first: ids[0]!,
    last: ids.at(-1)!,
  }));
}

async function setIndices(
  db: Transaction<Schema>,
  sweepId: number,
  moved: readonly (readonly [id: number, index: number])[],
): Promise<void> {
  if (moved.length === 0) return;
  const table = sql.table(trialTable(sweepId));
  const values = moved.map(([id, index]) => sql`(${sql.lit(id)}, ${sql.lit(index)})`);
  await sql`
    update ${table} set trial_index = moved.column2 from (values ${sql.join(values)}) as moved
    where ${table}.id = moved.column1
  `.execute(db);
}

async function failedParts(db: Transaction<Schema>, sweep: SweepPlace, selection: FailedSelection): Promise<Part[]> {
  const trials = selectFailed(db, sweep, selection);
  const { first, last } = await trials
    .select(({ fn }) => [fn.min<number | null>('id').as('first'), fn.max<number | null>('id').as('last')])
    .executeTakeFirstOrThrow();
  if (first === null || last === null) return [];
  return Array.from({ length: Math.ceil((last - first + 1) / idsAtOnce) }, (_, part) => {
    const start = first + part * idsAtOnce;
    return { trials, first: start, last: start + idsAtOnce - 1 };
  });
}

/** With the columns of the sweep, so that its rows fit. */
async function createRetired(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  { sweep, version }: { readonly sweep: SweepPlace; readonly version: number },
): Promise<number> {
  const old = (await getSweep(db, sweep.name))!;
  const name = retiredName(sweep.name, version);
  // one that is there is of a sweep that was deleted, or has copies of what is still here
  await deleteSweep(db, name);
  const id = (await insertSweep(db, kind, {
    ...old,
    name,
    state: 'cancelled',
    stateReason: `trials of version ${version} that ${sweep.name} no longer plans`,
    commandId: `${old.commandId}@${version}`,
  }))!;
  const columns = await db.selectFrom('sweep_columns').selectAll().where('sweep_id', '=', sweep.id).execute();
  for (const column of columns) await addColumn(db, kind, { ...column, sweep_id: id });
  return id;
}

/** Moves records with the ids of their rows. */
async function moveOut(
  db: Transaction<Schema>,
  { trials, first, last }: Part,
  { sweep, retiredId }: { readonly sweep: SweepPlace; readonly retiredId: number },
): Promise<void> {
  const inRange = sql<SqlBool>`id between ${first} and ${last}`;
  const selected = trials.where(inRange);
  const ids = selected.select('id');
  const columns = [...fixedColumns, 'pair_key', ...valueColumns(sweep.columns)] as const;
  await db.insertInto(trialTable(retiredId)).columns(columns).expression(selected.select(columns)).execute();
  const table = detailTable(sweep.id);
  const details = db.selectFrom(table).select(detailColumns).where(inRange).where('id', 'in', ids);
  await db.insertInto(detailTable(retiredId)).columns(detailColumns).expression(details).execute();
  await db.deleteFrom(table).where(inRange).where('id', 'in', ids).execute();
  await db.deleteFrom(trialTable(sweep.id)).where(inRange).where('id', 'in', ids).execute();
}

async function recount(db: Transaction<Schema>, sweepId: number): Promise<void> {
  await db.deleteFrom('sweep_tallies').where('sweep_id', '=', sweepId).execute();
  const endings = db
    .selectFrom(trialTable(sweepId))
    .select(({ fn, val, cast }) => [
      cast<number>(val(sweepId), 'integer').as('sweep_id'),
      fn.coalesce('outcome', 'failure').as('ending'),
      fn.countAll<number>().as('records'),
    ])
    .groupBy(({ fn }) => fn.coalesce('outcome', 'failure'));
  await db.insertInto('sweep_tallies').columns(['sweep_id', 'ending', 'records']).expression(endings).execute();
}
