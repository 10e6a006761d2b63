import type { ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import { paramColumns } from './columns.ts';
import type { Column } from './columns.ts';
import type { Cell, Connection } from './connection.ts';
import { postgresGroups } from './postgres-groups.ts';
import { circumstances, findSweep, isEmpty, selectTrials } from './query.ts';
import { sqliteGroups } from './sqlite-groups.ts';
import { groupMetric } from './statistics.ts';
import type { GroupMetric, GroupRow, Selection } from './store.ts';

export interface Asked {
  readonly by: readonly string[];
  readonly metrics: readonly string[];
  readonly query: Selection;
}

const unmeasured: GroupMetric = { count: 0, mean: null, standardDeviation: null, confidence95: null, greatest: null };

export async function readGroups(
  connection: Connection,
  name: string,
  { by, metrics, query }: Asked,
): Promise<GroupRow[]> {
  const sweep = await findSweep(connection.db, name);
  if (isEmpty(sweep)) return [];
  const keys = [...new Set(by)].map((parameter) => ({ parameter, columns: paramColumns(sweep.columns, parameter) }));
  const keyColumns = keys.flatMap(({ columns }) => columns.map(({ column }) => column));
  const columnOf = (metric: string) =>
    sweep.columns.metrics.get(metric) ??
    (Object.hasOwn(circumstances, metric) ? circumstances[metric as keyof typeof circumstances] : undefined);
  const measured = [...new Set(metrics.flatMap((metric) => columnOf(metric) ?? []))];
  const trials = selectTrials(connection.db, sweep, { ...query, kind: 'observation' });
  const groups = await (connection.kind === 'sqlite'
    ? sqliteGroups(connection, {
        trials,
        columns: [...keyColumns, ...measured],
        reduction: { kind: 'groups', keys: keyColumns.length, values: measured.length },
      })
    : postgresGroups(connection.db, {
        from: sql`(${trials.select([...keyColumns, ...measured])})`,
        keys: keyColumns,
        values: measured,
      }));
  return groups.map(({ keys: cells, count, statistics }) => ({
    group: Object.fromEntries(
      keys.flatMap(({ parameter, columns }) =>
        keyValue(
          parameter,
          columns,
          columns.map(({ column }) => cells[keyColumns.indexOf(column)]!),
        ),
      ),
    ),
    count,
    metrics: Object.fromEntries(
      metrics.map((metric) => {
        const column = columnOf(metric);
        return [metric, column === undefined ? unmeasured : groupMetric(statistics[measured.indexOf(column)]!)];
      }),
    ),
  }));
}

/** The parameter's value in whichever of its columns has one; nothing for a trial without it. */
export function keyValue(
  parameter: string,
  columns: readonly Column[],
  cells: readonly Cell[],
): [string, ParameterValue][] {
  for (const [position, { type }] of columns.entries()) {
    const value = cells[position];
    if (value !== null && value !== undefined) return [[parameter, type === 'boolean' ? value === 1 : value]];
  }
  return [];
}
