import type { Parameters } from '@natsweep/sweep';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import { pairKey } from './pair-key.ts';

const pageRows = 1000;

interface StoredParameter {
  readonly name: string;
  readonly type: string;
  readonly column: string;
}

/** Gives every record of a sweep the `pair_key` that it would be recorded with now. */
export async function fillPairKeys(db: Kysely<unknown>, sweepId: number): Promise<void> {
  const { rows: stored } = await sql<StoredParameter>`
    select name, type, column_name as "column" from sweep_columns where sweep_id = ${sweepId} and role = 'param'
  `.execute(db);
  const table = sql.table(`trials_${sweepId}`);
  const read = sql.join(['id', 'seed', ...stored.map(({ column }) => column)].map((name) => sql.ref(name)));
  for (let after = -1; ;) {
    const { rows } = await sql<Row>`
      select ${read} from ${table} where id > ${after} order by id limit ${pageRows}
    `.execute(db);
    if (rows.length === 0) return;
    const keys = rows.map(
      (row) => sql`(${sql.lit(row.id)}, ${sql.raw(String(pairKey(parametersOf(row, stored), row.seed)))})`,
    );
    await sql`
      update ${table} set pair_key = keyed.column2 from (values ${sql.join(keys)}) as keyed
      where ${table}.id = keyed.column1
    `.execute(db);
    after = rows.at(-1)!.id;
  }
}

interface Row {
  readonly id: number;
  readonly seed: number;
  readonly [column: string]: number | string | null;
}

function parametersOf(row: Row, stored: readonly StoredParameter[]): Parameters {
  return Object.fromEntries(
    stored.flatMap(({ name, type, column }) => {
      const cell = row[column];
      if (cell === null || cell === undefined) return [];
      return [[name, type === 'boolean' ? cell === 1 : cell] as const];
    }),
  );
}
