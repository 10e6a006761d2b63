import type { Connection } from './connection.ts';
import { findSweep } from './query.ts';
import { replan } from './replan.ts';
import type { Database } from './schema.ts';
import type { NewVersion, SweepVersion } from './store.ts';

export async function readVersions(db: Database, name: string): Promise<SweepVersion[]> {
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

/** Applying one command twice is applying it once. */
export async function applyVersion({ db, kind }: Connection, name: string, change: NewVersion): Promise<SweepVersion> {
  return db.transaction().execute(async (transaction) => {
    const latest = (await readVersions(transaction, name)).at(-1)!;
    if (latest.commandId === change.commandId) return latest;
    const sweep = await findSweep(transaction, name);
    await replan(transaction, kind, { sweep, version: latest.version, change });
    const { spec, planned, commandId, appliedAtMs } = change;
    const version = latest.version + 1;
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
    return { version, spec, planned, commandId, appliedAtMs };
  });
}
