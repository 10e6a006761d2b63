import type { ParameterValue } from '@natsweep/sweep';
import { paramColumns } from './columns.ts';
import type { Column } from './columns.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import { studentT95 } from './student-t.ts';
import type { Database } from './schema.ts';
import type { GroupMetric, GroupRow, Selection } from './store.ts';

export interface Grouping {
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly query: Selection;
}

export async function readGroups(db: Database, name: string, { by, metrics, query }: Grouping): Promise<GroupRow[]> {
  const sweep = await findSweep(db, name);
  if (isEmpty(sweep)) return [];
  const keys = by.map((parameter) => ({ parameter, columns: paramColumns(sweep.columns, parameter) }));
  const keyColumns = keys.flatMap(({ columns }) => columns.map(({ column }) => column));
  const measured = metrics.map((metric) => ({ metric, column: sweep.columns.metrics.get(metric) }));
  const rows = await selectTrials(db, sweep, { ...query, kind: 'observation' })
    .select(keyColumns)
    .select(({ fn }) => [
      fn.countAll<number>().as('count'),
      ...measured.flatMap(({ column }, position) =>
        column === undefined
          ? []
          : [
              fn.count<number>(column).as(`count_${position}`),
              fn.avg<number | null>(column).as(`mean_${position}`),
              fn<number | null>('stddev_samp', [column]).as(`deviation_${position}`),
            ],
      ),
    ])
    .$if(keyColumns.length > 0, (trials) => trials.groupBy(keyColumns))
    .execute();
  return rows.map((row) => {
    const cells = row as unknown as Record<string, number | null>;
    return {
      group: Object.fromEntries(keys.flatMap(({ parameter, columns }) => keyValue(parameter, columns, cells))),
      count: row.count,
      metrics: Object.fromEntries(
        measured.map(({ metric, column }, position) => [
          metric,
          column === undefined
            ? { count: 0, mean: null, standardDeviation: null, confidence95: null }
            : spread(cells[`count_${position}`]!, cells[`mean_${position}`]!, cells[`deviation_${position}`]!),
        ]),
      ),
    };
  });
}

/** Student's t confidence half-width, t·s/√n. */
export function spread(count: number, mean: number | null, standardDeviation: number | null): GroupMetric {
  const confidence95 =
    standardDeviation === null ? null : (studentT95(count - 1) * standardDeviation) / Math.sqrt(count);
  return { count, mean, standardDeviation, confidence95 };
}

export function keyValue(
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
