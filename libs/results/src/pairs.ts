import { sql } from 'kysely';
import { metricColumn, typeOf } from './columns.ts';
import type { Column } from './columns.ts';
import type { Connection } from './connection.ts';
import type { Group } from './grouped-moments.ts';
import { groupOf, keyParameters, keyValue } from './groups.ts';
import type { KeyParameter } from './groups.ts';
import { postgresPairs } from './postgres-pairs.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import type { TrialQuery } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { ValueColumn } from './schema.ts';
import { sqliteGroups } from './sqlite-groups.ts';
import { groupMetric } from './statistics.ts';
import type { PairQuery, PairRow } from './store.ts';

/** Which trials to pair, and where their values stand. */
export interface Pairing {
  /** Observations that measured the metric. */
  readonly trials: TrialQuery;
  readonly metric: ValueColumn;
  readonly parameter: string;
  /** The columns of the parameter; the first keys of a group. */
  readonly compared: readonly Column[];
  readonly baseline: PairQuery['baseline'];
  /** What to group by besides; the other keys. */
  readonly keys: readonly ValueColumn[];
}

/**
 * Differences value − baseline of one metric between trials that agree in the seed and in every parameter but one
 * (common random numbers), averaged per value and group. Partners are found by their `pairKey`. Pairs whose difference is
 * beyond what a number holds are left out.
 */
export async function readPairs(connection: Connection, name: string, query: PairQuery): Promise<PairRow[]> {
  const { parameter, baseline, metric, by = [] } = query;
  const sweep = await findSweep(connection.db, name);
  if (isEmpty(sweep)) return [];
  const [compared, ...groupedBy] = keyParameters(sweep.columns, [parameter, ...by]) as [
    KeyParameter,
    ...KeyParameter[],
  ];
  if (!compared.columns.some(({ type }) => type === typeOf(baseline)))
    throw new ResultsError('unknown-column', `No trial has ${parameter} = ${baseline} to compare with.`);
  const measured = metricColumn(sweep.columns, metric);
  const keys = groupedBy.flatMap(({ columns }) => columns.map(({ column }) => column));
  const trials = selectTrials(connection.db, sweep, { ...query, kind: 'observation' }).where(measured, 'is not', null);
  const pairing: Pairing = { trials, metric: measured, parameter, compared: compared.columns, baseline, keys };
  const groups = await (connection.kind === 'sqlite'
    ? sqlitePairs(connection, pairing)
    : postgresPairs(connection.db, pairing));
  return groups.flatMap(({ keys: cells, statistics: [difference] }) => {
    const value = keyValue(compared, cells);
    if (value === undefined || difference![0] === 0) return [];
    return [{ value, group: groupOf(groupedBy, cells), difference: groupMetric(difference!) }];
  });
}

function sqlitePairs(connection: Connection, pairing: Pairing): Promise<Group[]> {
  const { trials, metric, parameter, compared, baseline, keys } = pairing;
  const types = compared.map(({ type }) => type);
  return sqliteGroups(connection, {
    trials,
    columns: [
      sql<number>`pair_key >> 31`.as('high'),
      sql<number>`pair_key & 2147483647`.as('low'),
      metric,
      ...compared.map(({ column }) => column),
      ...keys,
    ],
    reduction: { kind: 'pairs', parameter, types, baseline, keys: keys.length },
  });
}
