import type { Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Connection } from './connection.ts';
import { findSweep } from './query.ts';
import type { SweepPlace } from './query.ts';
import { record } from './record.ts';
import { ResultsError } from './results-error.ts';
import { readRecordsById, streamRows } from './rows.ts';
import type { Schema } from './schema.ts';
import type { NewVersion, SweepVersion } from './store.ts';
import { detailTable, trialTable } from './sweep-tables.ts';
import { createSweep, getSweep } from './sweeps.ts';
import { inParts } from './texts.ts';

/** The sweep that keeps what a version planned and later ones do not. No name that a user gives has an "@". */
export function retiredName(sweep: string, version: number): string {
  return `${sweep}@${version}`;
}

export function isRetired(name: string): boolean {
  return name.includes('@');
}

export async function readVersions({ db }: Connection, name: string): Promise<SweepVersion[]> {
  const { id } = await findSweep(db, name);
  const rows = await db
    .selectFrom('sweep_versions')
    .selectAll()
    .where('sweep_id', '=', id)
    .orderBy('version')
    .execute();
  return rows.map((row) => ({
    version: row.version,
    spec: row.spec,
    planned: row.planned,
    commandId: row.command_id,
    appliedAtMs: row.applied_at_ms,
  }));
}

/**
 * Replaces the spec of a sweep. Records keep what they say and get their index in the new grid; those that the new grid
 * does not plan move to the sweep `NAME@VERSION` of the version that planned them. Applying one command twice is applying
 * it once.
 */
export async function applyVersion(connection: Connection, name: string, change: NewVersion): Promise<SweepVersion> {
  const versions = await readVersions(connection, name);
  const latest = versions.at(-1)!;
  if (latest.commandId === change.commandId) return latest;
  const sweep = await findSweep(connection.db, name);
  const replanned = change.place && (await replan(connection, sweep, change.place));
  if (replanned) await retire(connection, sweep, { retired: replanned.retired, version: latest.version });
  const version = latest.version + 1;
  await connection.db.transaction().execute(async (transaction) => {
    if (replanned) await rearrange(transaction, sweep, replanned);
    const { spec, planned, commandId, appliedAtMs } = change;
    await transaction
      .insertInto('sweep_versions')
      .values({ sweep_id: sweep.id, version, spec, planned, command_id: commandId, applied_at_ms: appliedAtMs })
      .execute();
    await transaction
      .updateTable('sweeps')
      .set({ spec, planned, completed_at_ms: null })
      .where('id', '=', sweep.id)
      .execute();
    await transaction
      .updateTable('sweeps')
      .set({ state: 'running', state_reason: null })
      .where('id', '=', sweep.id)
      .where('state', '!=', 'paused')
      .execute();
  });
  const { spec, planned, commandId, appliedAtMs } = change;
  return { version, spec, planned, commandId, appliedAtMs };
}

interface Replanned {
  readonly moved: readonly (readonly [id: number, index: number])[];
  readonly retired: readonly number[];
  readonly lastId: number;
}

async function replan(
  connection: Connection,
  { name }: SweepPlace,
  place: NonNullable<NewVersion['place']>,
): Promise<Replanned> {
  const moved: [number, number][] = [];
  const retired: number[] = [];
  let lastId = -1;
  for await (const { id, row } of streamRows(connection, name)) {
    lastId = id;
    const index = place(row);
    if (index === undefined) retired.push(id);
    else if (index !== row.index) moved.push([id, index]);
  }
  return { moved, retired, lastId };
}

async function retire(
  connection: Connection,
  sweep: SweepPlace,
  { retired, version }: { readonly retired: readonly number[]; readonly version: number },
): Promise<void> {
  if (retired.length === 0) return;
  const old = (await getSweep(connection.db, sweep.name))!;
  const name = retiredName(sweep.name, version);
  await createSweep(connection, {
    ...old,
    name,
    state: 'cancelled',
    stateReason: `trials of version ${version} that ${sweep.name} no longer plans`,
    commandId: `${old.commandId}@${version}`,
  });
  for (const part of inParts(retired, 500)) {
    const records = await readRecordsById(connection, sweep, part);
    await record(
      connection,
      records.map((each) => ({ ...each, sweep: name })),
    );
  }
}

async function rearrange(
  db: Transaction<Schema>,
  sweep: SweepPlace,
  { moved, retired, lastId }: Replanned,
): Promise<void> {
  await requireUnchanged(db, sweep, lastId);
  await removeTrials(db, sweep.id, retired);
  await moveTrials(db, sweep.id, moved);
  await recount(db, sweep.id);
}

async function requireUnchanged(db: Transaction<Schema>, { id, name }: SweepPlace, lastId: number): Promise<void> {
  const newer = await db.selectFrom(trialTable(id)).select('id').where('id', '>', lastId).limit(1).execute();
  if (newer.length > 0)
    throw new ResultsError(
      'locked',
      `Trials of "${name}" were recorded while its spec changed: pause it and apply again.`,
    );
}

async function removeTrials(db: Transaction<Schema>, sweepId: number, ids: readonly number[]): Promise<void> {
  for (const part of inParts(ids, 500)) {
    await db.deleteFrom(trialTable(sweepId)).where('id', 'in', part).execute();
    await db.deleteFrom(detailTable(sweepId)).where('id', 'in', part).execute();
  }
}

async function moveTrials(db: Transaction<Schema>, sweepId: number, moved: Replanned['moved']): Promise<void> {
  for (const part of inParts(moved, 500)) {
    const cases = part.map(([id, index]) => sql`when ${id} then cast(${index} as bigint)`);
    await db
      .updateTable(trialTable(sweepId))
      .set({ trial_index: sql<number>`case id ${sql.join(cases, sql` `)} end` })
      .where(
        'id',
        'in',
        part.map(([id]) => id),
      )
      .execute();
  }
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
