import type { ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';
import { metricColumn, paramColumns, typeOf } from './columns.ts';
import type { Column } from './columns.ts';
import type { Connection } from './connection.ts';
import { groupStatistics } from './group-statistics.ts';
import { keyValue } from './groups.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { ValueColumn } from './schema.ts';
import type { PairQuery, PairRow } from './store.ts';

/**
 * Differences value − baseline of one metric between trials that agree in the seed and in every parameter but one
 * (common random numbers), averaged per value and group: a window over the pairs, then an aggregation.
 */
export async function readPairs(connection: Connection, name: string, query: PairQuery): Promise<PairRow[]> {
  const { parameter, baseline, metric, by = [] } = query;
  const sweep = await findSweep(connection.db, name);
  if (isEmpty(sweep)) return [];
  const compared = paramColumns(sweep.columns, parameter);
  const keys = by.filter((key) => key !== parameter).map((key) => ({ key, columns: paramColumns(sweep.columns, key) }));
  const keyColumns = [compared, ...keys.map(({ columns }) => columns)].flat().map(({ column }) => column);
  const measured = metricColumn(sweep.columns, metric);
  const others = [...sweep.columns.params].filter(([other]) => other !== parameter);
  const agreeing = others.flatMap(([, columns]) => columns.map(({ column }) => column));
  const isBaseline = equals(compared, parameter, baseline);
  const withBaseline = selectTrials(connection.db, sweep, { ...query, kind: 'observation' }).select([
    ...keyColumns,
    sql<SqlBool>`${isBaseline}`.as('is_baseline'),
    sql<number | null>`${sql.ref(measured)} - ${baselineOf(measured, isBaseline, agreeing)}`.as('difference'),
  ]);
  const pairs = connection.db
    .selectFrom(withBaseline.as('pairs'))
    .select([...keyColumns, 'difference'] as never[])
    .where(sql<SqlBool>`not is_baseline`)
    .where('difference', 'is not', null);
  const groups = await groupStatistics(connection, {
    from: pairs as never,
    keys: keyColumns,
    values: ['difference' as ValueColumn],
  });
  return groups.flatMap((group) =>
    keyValue(parameter, compared, group.keys).map(([, value]) => ({
      value,
      group: Object.fromEntries(keys.flatMap(({ key, columns }) => keyValue(key, columns, group.keys))),
      difference: group.statistics[0]!,
    })),
  );
}

function equals(columns: readonly Column[], parameter: string, value: ParameterValue): RawBuilder<SqlBool> {
  const found = columns.find(({ type }) => type === typeOf(value));
  if (!found) throw new ResultsError('unknown-column', `No trial has ${parameter} = ${value} to compare with.`);
  return sql`((${sql.ref(found.column)} = ${typeof value === 'boolean' ? Number(value) : value}) is true)`;
}

/** The metric of the pair's trial that has the baseline value. */
function baselineOf(
  measured: ValueColumn,
  isBaseline: RawBuilder<SqlBool>,
  agreeing: readonly ValueColumn[],
): RawBuilder<number | null> {
  const pair = [...agreeing, 'seed'].map((column) => sql.ref(column));
  return sql`max(case when ${isBaseline} then ${sql.ref(measured)} end) over (partition by ${sql.join(pair)})`;
}
