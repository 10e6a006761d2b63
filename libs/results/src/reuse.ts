import type { Observation, TrialRecord } from '@natsweep/sweep';
import type { Connection } from './connection.ts';
import { findSweep } from './query.ts';
import { readRecordsOf } from './rows.ts';
import type { Reusable } from './store.ts';
import { inParts } from './texts.ts';

/** Equal work has an equal trial id in every sweep: its observation can be had from any sweep that has made it. */
export async function findReusable(connection: Connection, { trialIds, experiment }: Reusable): Promise<Observation[]> {
  const sweeps = await connection.db
    .selectFrom('sweeps')
    .select('name')
    .where('experiment', '=', experiment)
    .orderBy('id')
    .execute();
  const found = new Map<string, Observation>();
  for (const { name } of sweeps) {
    const sweep = await findSweep(connection.db, name);
    const wanted = trialIds.filter((trialId) => !found.has(trialId));
    for (const part of inParts(wanted, 500))
      for (const record of await readRecordsOf(connection, sweep, part))
        if (isReusable(record)) found.set(record.trialId, record);
  }
  return [...found.values()];
}

/** A trial that was stopped early says less than one that is run again. */
function isReusable(record: TrialRecord): record is Observation {
  return record.kind === 'observation' && record.outcome !== 'stopped';
}
