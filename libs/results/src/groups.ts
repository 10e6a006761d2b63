import type { ParameterValue } from '@natsweep/sweep';
import { paramColumns } from './columns.ts';
import type { Column } from './columns.ts';
import type { Connection } from './connection.ts';
import { groupStatistics } from './group-statistics.ts';
import type { KeyCells } from './group-statistics.ts';
import { circumstances, findSweep, isEmpty, selectTrials } from './query.ts';
import type { TrialColumn } from './query.ts';
import type { GroupMetric, GroupRow, Selection } from './store.ts';

export interface Grouping {
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly query: Selection;
}

const unmeasured: GroupMetric = { count: 0, mean: null, standardDeviation: null, confidence95: null };

export async function readGroups(
  connection: Connection,
  name: string,
  { by, metrics, query }: Grouping,
): Promise<GroupRow[]> {
  const sweep = await findSweep(connection.db, name);
  if (isEmpty(sweep)) return [];
  const keys = by.map((parameter) => ({ parameter, columns: paramColumns(sweep.columns, parameter) }));
  const keyColumns = keys.flatMap(({ columns }) => columns.map(({ column }) => column));
  const columnOf = (metric: string) =>
    sweep.columns.metrics.get(metric) ??
    (Object.hasOwn(circumstances, metric) ? circumstances[metric as keyof typeof circumstances] : undefined);
  const measured = metrics.flatMap((metric) => columnOf(metric) ?? []);
  const groups = await groupStatistics<TrialColumn>(connection, {
    from: selectTrials(connection.db, sweep, { ...query, kind: 'observation' }).select([
      'id',
      ...keyColumns,
      ...measured,
    ]),
    keys: keyColumns,
    values: measured,
  });
  return groups.map((group) => ({
    group: Object.fromEntries(keys.flatMap(({ parameter, columns }) => keyValue(parameter, columns, group.keys))),
    count: group.count,
    metrics: Object.fromEntries(
      metrics.map((metric) => {
        const column = columnOf(metric);
        return [metric, column === undefined ? unmeasured : group.statistics[measured.indexOf(column)]!];
      }),
    ),
  }));
}

/** The parameter's value in whichever of its columns has one; nothing for a trial without it. */
export function keyValue(parameter: string, columns: readonly Column[], cells: KeyCells): [string, ParameterValue][] {
  for (const { column, type } of columns) {
    const value = cells[column];
    if (value !== null && value !== undefined) return [[parameter, type === 'boolean' ? value === 1 : value]];
  }
  return [];
}
