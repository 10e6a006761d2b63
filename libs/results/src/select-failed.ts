import type { Failure } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { SqlBool } from 'kysely';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import type { SweepPlace, TrialQuery } from './query.ts';
import type { Database } from './schema.ts';
import type { FailedSelection, SweepCounts } from './store.ts';

/** @throws ResultsError `bad-filter` and `unknown-column` */
export function selectFailed(
  db: Database,
  sweep: SweepPlace,
  { failure, trialIds, ...selection }: FailedSelection,
): TrialQuery {
  const failed = selectTrials(db, sweep, { ...selection, kind: 'failed' }).where(
    'failure',
    failure === undefined ? '!=' : '=',
    failure ?? ('cancelled' satisfies Failure),
  );
  return trialIds === undefined ? failed : failed.where((is) => is.or(beginnings(trialIds)));
}

/** One condition for all beginnings of one length: SQLite nests no more than a thousand. */
function beginnings(trialIds: readonly string[]) {
  return [...Map.groupBy(trialIds, ({ length }) => length)].map(
    ([length, ids]) => sql<SqlBool>`substr(trial_id, 1, ${sql.lit(length)}) in (${sql.join(ids)})`,
  );
}

export async function countFailed(
  db: Database,
  name: string,
  selection: FailedSelection,
): Promise<SweepCounts['byFailure']> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return {};
  const counts = await selectFailed(db, sweep, selection)
    .select(({ fn }) => ['failure', fn.countAll<number>().as('records')])
    .groupBy('failure')
    .orderBy('failure')
    .execute();
  return Object.fromEntries(counts.map(({ failure, records }) => [failure, records]));
}
