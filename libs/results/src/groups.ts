import type { Parameters, ParameterValue } from '@natsweep/sweep';
import { sql } from 'kysely';
import { paramColumns } from './columns.ts';
import type { Column, Columns } from './columns.ts';
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
  const keys = keyParameters(sweep.columns, by);
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
  const places = metrics.map((metric) => ({
    metric,
    place: measured.findIndex((column) => column === columnOf(metric)),
  }));
  return groups.map(({ keys: cells, count, statistics }) => ({
    group: groupOf(keys, cells),
    count,
    metrics: Object.fromEntries(
      places.map(({ metric, place }) => [metric, place === -1 ? unmeasured : groupMetric(statistics[place]!)]),
    ),
  }));
}

/** A parameter that is grouped by: its columns are keys of every group, from this place on. */
export interface KeyParameter {
  readonly parameter: string;
  readonly columns: readonly Column[];
  readonly place: number;
}

/** @throws ResultsError `unknown-column` */
export function keyParameters(columns: Columns, parameters: readonly string[]): KeyParameter[] {
  let place = 0;
  return [...new Set(parameters)].map((parameter) => {
    const own = paramColumns(columns, parameter);
    const key = { parameter, columns: own, place };
    place += own.length;
    return key;
  });
}

/** The parameters of a group that its trials have. */
export function groupOf(keys: readonly KeyParameter[], cells: readonly Cell[]): Parameters {
  const group: [string, ParameterValue][] = [];
  for (const key of keys) {
    const value = keyValue(key, cells);
    if (value !== undefined) group.push([key.parameter, value]);
  }
  return Object.fromEntries(group);
}

/** The parameter's value in whichever of its columns has one; undefined for trials without it. */
export function keyValue({ columns, place }: KeyParameter, cells: readonly Cell[]): ParameterValue | undefined {
  for (const [position, { type }] of columns.entries()) {
    const cell = cells[place + position]!;
    if (cell !== null) return type === 'boolean' ? cell === 1 : cell;
  }
  return undefined;
}
