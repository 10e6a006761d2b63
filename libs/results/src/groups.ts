import type { ParameterValue } from '@natsweep/sweep';
import { metricColumn, paramColumns } from './columns.ts';
import type { Column } from './columns.ts';
import { findSweep, selectTrials } from './query.ts';
import type { Database } from './schema.ts';
import type { GroupRow, RowQuery } from './store.ts';

export interface Grouping {
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly query: Pick<RowQuery, 'where'>;
}

export async function readGroups(db: Database, name: string, { by, metrics, query }: Grouping): Promise<GroupRow[]> {
  const sweep = await findSweep(db, name);
  const keys = by.map((parameter) => ({ parameter, columns: paramColumns(sweep.columns, parameter) }));
  const keyColumns = keys.flatMap(({ columns }) => columns.map(({ column }) => column));
  const measured = metrics.map((metric) => ({ metric, column: metricColumn(sweep.columns, metric) }));
  const rows = await selectTrials(db, sweep, { ...query, kind: 'observation' })
    .select(keyColumns)
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      ...measured.flatMap(({ column }, position) => [
        fn.count<number>(column).as(`count_${position}`),
        fn.avg<number | null>(column).as(`mean_${position}`),
        fn<number | null>('stddev_samp', [column]).as(`deviation_${position}`),
      ]),
    ])
    .groupBy(keyColumns)
    .execute();
  return rows.map((row) => {
    const cells = row as unknown as Record<string, number | null>;
    return {
      group: Object.fromEntries(keys.flatMap(({ parameter, columns }) => keyValue(parameter, columns, cells))),
      count: row.count,
      metrics: Object.fromEntries(
        measured.map(({ metric }, position) => [
          metric,
          {
            mean: cells[`mean_${position}`] ?? null,
            standardDeviation: cells[`deviation_${position}`] ?? null,
            count: cells[`count_${position}`]!,
          },
        ]),
      ),
    };
  });
}

function keyValue(
  parameter: string,
  columns: readonly Column[],
  cells: Readonly<Record<string, number | string | null>>,
): [string, ParameterValue][] {
  for (const { column, type } of columns) {
    const value = cells[column];
    if (value !== null && value !== undefined) return [[parameter, type === 'boolean' ? value === 1 : value]];
  }
  return [];
}
