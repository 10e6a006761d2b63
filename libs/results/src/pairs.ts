import type { ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { metricColumn, paramColumns, typeOf, valueColumns } from './columns.ts';
import { keyValue, spread } from './groups.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { Database, ValueColumn } from './schema.ts';
import type { PairQuery, PairRow } from './store.ts';

/**
 * Differences value − baseline of one metric between trials that agree in the seed and in every parameter but one
 * (common random numbers), averaged per value and group: one window over the pairs, one aggregation, both in the database.
 */
export async function readPairs(db: Database, name: string, query: PairQuery): Promise<PairRow[]> {
  const { parameter, baseline, metric, by = [] } = query;
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return [];
  const compared = paramColumns(sweep.columns, parameter);
  const baselineColumn = compared.find(({ type }) => type === typeOf(baseline));
  if (!baselineColumn)
    throw new ResultsError(
      'unknown-column',
      `No trial has ${parameter} = ${baseline}: there is nothing to compare with.`,
    );
  const comparedColumns = compared.map(({ column }) => column);
  const keys = by.filter((key) => key !== parameter).map((key) => ({ key, columns: paramColumns(sweep.columns, key) }));
  const keyColumns = keys.flatMap(({ columns }) => columns.map(({ column }) => column));
  const measured = metricColumn(sweep.columns, metric);
  const parameters = new Set(valueColumns({ ...sweep.columns, metrics: new Map() }));
  const agreeing = [...parameters].filter((column) => !comparedColumns.includes(column));
  const isBaseline = sql<boolean>`${sql.ref(baselineColumn.column)} = ${Number(baseline) === baseline || typeof baseline === 'string' ? baseline : Number(baseline)}`;
  const pairs = selectTrials(db, sweep, { ...query, kind: 'observation' })
    .select([...comparedColumns, ...keyColumns])
    .select([
      sql<boolean>`coalesce(${isBaseline}, 1 = 0)`.as('is_baseline'),
      sql<number>`${sql.ref(measured)} - ${baselineOf(measured, isBaseline, agreeing)}`.as('difference'),
    ]);
  const rows = await db
    .selectFrom(pairs.as('pairs'))
    .where('is_baseline', 'is not', sql<boolean>`true`)
    .where('difference', 'is not', null)
    .select([...comparedColumns, ...keyColumns] as never[])
    .select(({ fn }) => [
      fn.count<number>('difference').as('count'),
      fn.avg<number>('difference').as('mean'),
      fn<number | null>('stddev_samp', ['difference']).as('deviation'),
    ])
    .groupBy([...comparedColumns, ...keyColumns] as never[])
    .execute();
  return rows.map((row) => {
    const cells = row as unknown as Record<string, number | string | null>;
    const [[, value] = [parameter, baseline]] = keyValue(parameter, compared, cells);
    return {
      value: value as ParameterValue,
      group: Object.fromEntries(keys.flatMap(({ key, columns }) => keyValue(key, columns, cells))),
      difference: spread(row.count, row.mean, row.deviation),
    };
  });
}

/** The metric of the pair's trial that has the baseline value. */
function baselineOf(
  measured: ValueColumn,
  isBaseline: RawBuilder<boolean>,
  agreeing: readonly ValueColumn[],
): RawBuilder<number | null> {
  const columns = [...agreeing, 'seed'].map((column) => sql.ref(column));
  return sql`max(case when ${isBaseline} then ${sql.ref(measured)} end) over (partition by ${sql.join(columns)})`;
}
