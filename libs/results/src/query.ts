import type { Parameters } from '@natsweep/sweep';
import type { Selectable, SelectQueryBuilder } from 'kysely';
import { paramColumns, readColumns, typeOf } from './columns.ts';
import type { Columns } from './columns.ts';
import { compileFilter } from './filter.ts';
import { ResultsError } from './results-error.ts';
import type { Database, Schema, TrialTable, TrialTableName, ValueColumn } from './schema.ts';
import type { RowQuery, Selection } from './store.ts';
import { trialTable } from './sweep-tables.ts';

export interface SweepPlace {
  readonly id: number;
  readonly name: string;
  readonly columns: Columns;
}

/** @throws ResultsError `unknown-sweep` */
export async function findSweep(db: Database, name: string): Promise<SweepPlace> {
  const row = await db.selectFrom('sweeps').select('id').where('name', '=', name).executeTakeFirst();
  if (!row)
    throw new ResultsError(
      'unknown-sweep',
      `There is no sweep "${name}" in the results database: see "natsweep status".`,
    );
  return { id: row.id, name, columns: await readColumns(db, row.id) };
}

/** A sweep without a record has no columns yet: no name is wrong, and nothing is found. */
export function isEmpty({ columns }: SweepPlace): boolean {
  return columns.params.size === 0 && columns.metrics.size === 0;
}

export type TrialQuery<Output = object> = SelectQueryBuilder<Schema, TrialTableName, Output>;
export type TrialColumn = keyof Selectable<TrialTable> & string;

/** The records of a sweep that a query selects. */
export function selectTrials(db: Database, sweep: SweepPlace, query: Selection & Pick<RowQuery, 'kind'>): TrialQuery {
  let trials: TrialQuery = db.selectFrom(trialTable(sweep.id));
  if (query.kind) trials = trials.where('outcome', query.kind === 'failed' ? 'is' : 'is not', null);
  for (const [column, value] of equalities(sweep.columns, query.where ?? {})) trials = trials.where(column, '=', value);
  if (query.filter !== undefined) trials = trials.where(compileFilter(query.filter, sweep.columns));
  return trials;
}

function equalities(columns: Columns, where: Parameters): [ValueColumn, number | string][] {
  return Object.entries(where).map(([name, value]) => {
    const column = paramColumns(columns, name).find(({ type }) => type === typeOf(value));
    if (!column)
      throw new ResultsError(
        'unknown-column',
        `Parameter "${name}" is never a ${typeof value}: no trial has ${name} = ${value}.`,
      );
    return [column.column, typeof value === 'boolean' ? Number(value) : value];
  });
}

/** What is measured of every trial, whatever its experiment reports. */
export const circumstances = { elapsedSeconds: 'elapsed_seconds', peakMemoryBytes: 'peak_memory_bytes' } as const;
