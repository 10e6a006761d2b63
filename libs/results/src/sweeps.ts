import type { Failure, Outcome } from '@natsweep/sweep';
import type { Transaction } from 'kysely';
import { findSweep } from './query.ts';
import type { Connection } from './connection.ts';
import type { DatabaseKind } from './migrations.ts';
import { ResultsError } from './results-error.ts';
import type { Database, Schema, SweepRow } from './schema.ts';
import type { StoredSweep, SweepCounts, SweepState } from './store.ts';
import { createSweepTables, dropSweepTables, trialTable } from './sweep-tables.ts';

export async function createSweep(
  { db, kind }: Connection,
  sweep: StoredSweep,
): Promise<{ readonly created: boolean; readonly sweep: StoredSweep }> {
  return db.transaction().execute(async (transaction) => {
    const created = await insertSweep(transaction, kind, sweep);
    return { created: created !== undefined, sweep: (await getSweep(transaction, sweep.name))! };
  });
}

/** @returns Its id; undefined if there is a sweep of this name. */
export async function insertSweep(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  sweep: StoredSweep,
): Promise<number | undefined> {
  const inserted = await db
    .insertInto('sweeps')
    .values(encodeSweep(sweep))
    .onConflict((conflict) => conflict.column('name').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (!inserted) return undefined;
  await createSweepTables(db, kind, inserted.id);
  const { spec, planned, commandId, createdAtMs } = sweep;
  await db
    .insertInto('sweep_versions')
    .values({ sweep_id: inserted.id, version: 1, spec, planned, command_id: commandId, applied_at_ms: createdAtMs })
    .execute();
  return inserted.id;
}

export async function getSweep(db: Database, name: string): Promise<StoredSweep | undefined> {
  const row = await db.selectFrom('sweeps').selectAll().where('name', '=', name).executeTakeFirst();
  return row && decodeSweep(row);
}

export async function listSweeps(db: Database): Promise<StoredSweep[]> {
  const rows = await db.selectFrom('sweeps').selectAll().orderBy('created_at_ms').orderBy('id').execute();
  return rows.map(decodeSweep);
}

/** @returns Whether there was such a sweep. */
export async function deleteSweep(db: Transaction<Schema>, name: string): Promise<boolean> {
  const sweep = await db.selectFrom('sweeps').select('id').where('name', '=', name).executeTakeFirst();
  if (!sweep) return false;
  await dropSweepTables(db, sweep.id);
  for (const table of ['sweep_columns', 'sweep_tallies', 'sweep_versions', 'failed_attempts'] as const)
    await db.deleteFrom(table).where('sweep_id', '=', sweep.id).execute();
  await db.deleteFrom('sweeps').where('id', '=', sweep.id).execute();
  return true;
}

export interface StateChange {
  readonly state: SweepState;
  readonly reason?: string | undefined;
  readonly nowMs: number;
}

export async function setSweepState(db: Database, name: string, { state, reason, nowMs }: StateChange): Promise<void> {
  const [changed] = await db.transaction().execute((transaction) =>
    transaction
      .updateTable('sweeps')
      .set({ state, state_reason: reason ?? null, completed_at_ms: state === 'completed' ? nowMs : null })
      .where('name', '=', name)
      .returning('id')
      .execute(),
  );
  if (!changed) throw new ResultsError('unknown-sweep', `There is no sweep "${name}" in the results database.`);
}

const outcomes: readonly string[] = ['converged', 'diverged', 'step-limit', 'stopped'] satisfies Outcome[];

export async function countRecords(db: Database, name: string): Promise<SweepCounts> {
  const { id } = await findSweep(db, name);
  const tallies = await db
    .selectFrom('sweep_tallies')
    .select(['ending', 'records'])
    .where('sweep_id', '=', id)
    .execute();
  const [byOutcome, byFailure] = [true, false].map((observed) =>
    tallies.filter(({ ending }) => outcomes.includes(ending) === observed),
  ) as [typeof tallies, typeof tallies];
  const total = (part: typeof tallies) => part.reduce((sum, { records }) => sum + records, 0);
  const entries = (part: typeof tallies) => Object.fromEntries(part.map(({ ending, records }) => [ending, records]));
  return {
    observed: total(byOutcome),
    failed: total(byFailure),
    byOutcome: entries(byOutcome) as Partial<Record<Outcome, number>>,
    byFailure: entries(byFailure) as Partial<Record<Failure, number>>,
  };
}

const indexPageSize = 50_000;

export async function* recordedIndices(db: Database, name: string): AsyncGenerator<number> {
  const { id } = await findSweep(db, name);
  for (let after = -1; ;) {
    const page = await db
      .selectFrom(trialTable(id))
      .select('trial_index')
      .where('trial_index', '>', after)
      .orderBy('trial_index')
      .limit(indexPageSize)
      .execute();
    if (page.length === 0) return;
    for (const { trial_index } of page) yield trial_index;
    after = page.at(-1)!.trial_index;
  }
}

function encodeSweep(sweep: StoredSweep): Omit<SweepRow, 'id'> {
  return {
    name: sweep.name,
    experiment: sweep.experiment,
    experiment_version: sweep.experimentVersion,
    spec: sweep.spec,
    planned: sweep.planned,
    state: sweep.state,
    state_reason: sweep.stateReason,
    created_at_ms: sweep.createdAtMs,
    completed_at_ms: sweep.completedAtMs,
    command_id: sweep.commandId,
  };
}

function decodeSweep(row: SweepRow): StoredSweep {
  return {
    name: row.name,
    experiment: row.experiment,
    experimentVersion: row.experiment_version,
    spec: row.spec,
    planned: row.planned,
    state: row.state,
    stateReason: row.state_reason,
    createdAtMs: row.created_at_ms,
    completedAtMs: row.completed_at_ms,
    commandId: row.command_id,
  };
}
