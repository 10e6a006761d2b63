import type { SelectQueryBuilder } from 'kysely';
import { sql } from 'kysely';
import type { Connection } from './connection.ts';
import type { Schema, TrialTableName } from './schema.ts';
import { hashGroups } from './sqlite-hash-groups.ts';
import type { HashedGroup } from './sqlite-hash-groups.ts';
import type { GroupMetric } from './store.ts';
import { studentT95 } from './student-t.ts';

export interface StatisticsOf<Name extends string> {
  /** Selects every key and value under its own name. */
  readonly from: SelectQueryBuilder<Schema, TrialTableName, unknown>;
  readonly keys: readonly Name[];
  readonly values: readonly Name[];
}

/** Cells by the names of the keys. */
export type KeyCells = Readonly<Record<string, number | string | null>>;

export interface Group {
  readonly keys: KeyCells;
  readonly count: number;
  /** In the order of `values`. */
  readonly statistics: readonly GroupMetric[];
}

/** Count, mean and spread of each value over all rows that agree in the keys, computed in the database. */
export async function groupStatistics<Name extends string>(
  connection: Connection,
  asked: StatisticsOf<Name>,
): Promise<Group[]> {
  const groups = await (connection.kind === 'sqlite' ? sqliteGroups(connection, asked) : sqlGroups(connection, asked));
  return groups.map(([keys, count, statistics]) => ({
    keys: Object.fromEntries(asked.keys.map((name, position) => [name, keys[position]!])),
    count,
    statistics: statistics.map(([measured, mean, deviation]) => spread(measured, mean, deviation)),
  }));
}

/** SQLite groups by sorting; over a million rows its function of ours that hashes takes less than half the time. */
async function sqliteGroups<Name extends string>({ db }: Connection, { from, keys, values }: StatisticsOf<Name>) {
  const columns = [...keys, ...values].map((name) => sql`, ${sql.ref(name)}`);
  const { groups } = await db
    .selectFrom(from.as('records'))
    .select(sql<string>`${sql.raw(hashGroups)}(${sql.lit(keys.length)}${sql.join(columns, sql``)})`.as('groups'))
    .executeTakeFirstOrThrow();
  return JSON.parse(groups) as HashedGroup[];
}

async function sqlGroups<Name extends string>(
  { db }: Connection,
  { from, keys, values }: StatisticsOf<Name>,
): Promise<HashedGroup[]> {
  const rows = await db
    .selectFrom(from.as('records'))
    .select(({ fn }) => [
      ...keys.map((name, position) => sql<number | string | null>`${sql.ref(name)}`.as(`key_${position}`)),
      fn.countAll<number>().as('all'),
      ...values.flatMap((name, position) => [
        sql<number>`count(${sql.ref(name)})`.as(`count_${position}`),
        sql<number | null>`avg(${sql.ref(name)})`.as(`mean_${position}`),
        sql<number | null>`stddev_samp(${sql.ref(name)})`.as(`deviation_${position}`),
      ]),
    ])
    .$if(keys.length > 0, (query) => query.groupBy(keys.map((name) => sql.ref(name))))
    .execute();
  return rows.map((row) => {
    const cells = row as unknown as Record<string, never>;
    return [
      keys.map((_, position) => cells[`key_${position}`]!),
      row.all,
      values.map((_, position) => [
        cells[`count_${position}`]!,
        cells[`mean_${position}`]!,
        cells[`deviation_${position}`]!,
      ]),
    ];
  });
}

/** Student's t confidence half-width, t·s/√n. */
function spread(count: number, mean: number | null, standardDeviation: number | null): GroupMetric {
  const confidence95 = standardDeviation === null ? null : (tOf(count - 1) * standardDeviation) / Math.sqrt(count);
  return { count, mean, standardDeviation, confidence95 };
}

const known = new Map<number, number>();

/** Groups of one sweep mostly have one size. */
function tOf(degrees: number): number {
  let t = known.get(degrees);
  if (t === undefined) known.set(degrees, (t = studentT95(degrees)));
  return t;
}
