import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import { typeOf } from './columns.ts';
import type { Column } from './columns.ts';
import type { Cell } from './connection.ts';
import type { Group } from './grouped-moments.ts';
import { bigintOf, valueKey } from './pair-key.ts';
import type { Pairing } from './pairs.ts';
import { postgresGroups } from './postgres-groups.ts';
import type { Database } from './schema.ts';

/**
 * A join of other trials with those that have the baseline, by the keys that the others would have with the baseline. The
 * planner knows how many distinct keys there are, and nothing about expressions: only one side is one.
 */
export async function postgresPairs(db: Database, pairing: Pairing): Promise<Group[]> {
  const { trials, metric, compared, baseline, keys } = pairing;
  const baselineColumn = compared.find(({ type }) => type === typeOf(baseline))!.column;
  const isBaseline = sql<boolean>`${sql.ref(baselineColumn)} = ${cellOf(baseline)}`;
  const groupedBy = [...compared.map(({ column }) => column), ...keys];
  const others = trials.select([metric, 'pair_key', ...groupedBy]).where(sql<boolean>`${isBaseline} is not true`);
  const baselines = trials.where(isBaseline).select([sql`${sql.ref(metric)}`.as('baseline'), 'pair_key']);
  const names = compared.map((_, position) => `keys_${position}`);
  const joins = await Promise.all(compared.map((column, i) => joinChanges(db, pairing, { column, name: names[i]! })));
  const change = sql`coalesce(${sql.join(names.map((name) => sql.ref(`${name}.change`)))})`;
  const from = sql`(
    select ${sql.join(groupedBy.map((name) => sql.ref(`others.${name}`)))},
      ${difference(sql.ref(`others.${metric}`), sql.ref('baselines.baseline'))} as difference
    from (${others}) as others ${sql.join(joins, sql` `)}
    join (${baselines}) as baselines on baselines.pair_key = others.pair_key # ${change}
  )`;
  return postgresGroups(db, { from, keys: groupedBy, values: ['difference'] });
}

/** Null where it overflows, which PostgreSQL refuses: neither bound overflows itself. */
function difference(value: RawBuilder<unknown>, baseline: RawBuilder<unknown>): RawBuilder<number | null> {
  const greatest = sql.lit(Number.MAX_VALUE);
  const isFinite = sql<boolean>`case when ${baseline} < 0 then ${value} <= ${baseline} + ${greatest}
    else ${value} >= ${baseline} - ${greatest} end`;
  return sql`case when ${isFinite} then ${value} - ${baseline} end`;
}

function cellOf(value: Pairing['baseline']): Cell {
  return typeof value === 'boolean' ? Number(value) : value;
}

const types = { number: sql`double precision`, string: sql`text`, boolean: sql`integer` };

/** Joins what changes a key from every value in a column of the compared parameter to the baseline. */
async function joinChanges(
  db: Database,
  { trials, parameter, baseline }: Pairing,
  { column: { column, type }, name }: { readonly column: Column; readonly name: string },
): Promise<RawBuilder<unknown>> {
  const rows = await db
    .selectFrom(trials.select(column).distinct().as('records'))
    .select(sql<number | string>`${sql.ref(column)}`.as('value'))
    .where(sql.ref(column), 'is not', null)
    .execute();
  const values = rows.map(({ value }) => value);
  const to = bigintOf(valueKey(parameter, baseline));
  const changes = values.map((value) => bigintOf(valueKey(parameter, type === 'boolean' ? value === 1 : value)) ^ to);
  return sql`left join unnest(${values}::${types[type]}[], ${changes}::bigint[]) as ${sql.table(name)}(value, change)
    on ${sql.ref(`${name}.value`)} = ${sql.ref(`others.${column}`)}`;
}
