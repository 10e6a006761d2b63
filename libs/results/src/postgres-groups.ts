import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Cell } from './connection.ts';
import type { Group } from './grouped-moments.ts';
import { downscale, finite, large } from './moments.ts';
import { ResultsError } from './results-error.ts';
import type { Database } from './schema.ts';

export interface Grouping {
  /** A query in parentheses that selects every key and value under its own name. */
  readonly from: RawBuilder<unknown>;
  readonly keys: readonly string[];
  readonly values: readonly string[];
}

interface Aggregates {
  /** Of no value that is measured, null. */
  readonly isLarge: RawBuilder<boolean | null>;
  readonly mean: RawBuilder<number | null>;
  /** Of the sample. */
  readonly deviation: RawBuilder<number | null>;
}

/** Statistics of each value over all rows that agree in the keys. */
export async function postgresGroups(db: Database, grouping: Grouping): Promise<Group[]> {
  try {
    return await aggregated(db, grouping, plain);
  } catch (error) {
    if (isOverflow(error)) return aggregated(db, grouping, scaled);
    throw error;
  }
}

async function aggregated(
  db: Database,
  { from, keys, values }: Grouping,
  aggregate: (name: string) => Aggregates,
): Promise<Group[]> {
  const rows = await db
    .selectFrom((from as RawBuilder<Record<string, Cell>>).as('records'))
    .select(({ fn }) => [
      ...keys.map((name, position) => sql<Cell>`${sql.ref(name)}`.as(`key_${position}`)),
      fn.countAll<number>().as('all'),
      ...values.flatMap((name, position) => {
        const { isLarge, mean, deviation } = aggregate(name);
        return [
          sql<number>`count(${sql.ref(name)})`.as(`count_${position}`),
          isLarge.as(`large_${position}`),
          mean.as(`mean_${position}`),
          deviation.as(`deviation_${position}`),
          sql<number | null>`max(${sql.ref(name)})`.as(`greatest_${position}`),
        ];
      }),
    ])
    .$if(keys.length > 0, (query) => query.groupBy(keys.map((name) => sql.ref(name))))
    .having(({ fn }) => fn.countAll(), '>', 0)
    .execute();
  return rows.map((row) => {
    const cells = row as unknown as Record<string, never>;
    const unscaled = (cell: number | null, position: number) =>
      cell !== null && cells[`large_${position}`] ? finite(cell / downscale) : cell;
    return {
      keys: keys.map((_, position) => cells[`key_${position}`]!),
      count: row.all,
      statistics: values.map((_, position) => [
        cells[`count_${position}`]!,
        unscaled(cells[`mean_${position}`]!, position),
        unscaled(cells[`deviation_${position}`]!, position),
        cells[`greatest_${position}`]!,
      ]),
    };
  });
}

function plain(name: string): Aggregates {
  const value = sql.ref(name);
  return { isLarge: sql`false`, mean: sql`avg(${value})`, deviation: sql`stddev_samp(${value})` };
}

/**
 * PostgreSQL refuses products that overflow or underflow, and takes the square of a value times their number: where there are
 * large values, all are scaled.
 */
function scaled(name: string): Aggregates {
  const value = sql.ref(name);
  const small = sql`case when abs(${value}) <= ${sql.lit(large)} then ${value} end`;
  const down = sql`case when abs(${value}) > 1e-100 then ${value} * ${sql.lit(downscale)} when ${value} is not null then 0 end`;
  const isLarge = sql<boolean | null>`bool_or(abs(${value}) > ${sql.lit(large)})`;
  return {
    isLarge,
    mean: sql`case when ${isLarge} then avg(${down}) else avg(${small}) end`,
    deviation: sql`case when ${isLarge} then stddev_samp(${down}) else stddev_samp(${small}) end`,
  };
}

/** SQLSTATE `numeric_value_out_of_range`. */
function isOverflow(error: unknown): boolean {
  return error instanceof ResultsError && (error.cause as { code?: unknown } | undefined)?.code === '22003';
}
