import { sql } from 'kysely';
import type { SelectExpression } from 'kysely';
import type { Cell, SqliteConnection } from './connection.ts';
import type { TrialQuery } from './query.ts';
import type { Schema, TrialTableName } from './schema.ts';

/** Few enough for the garbage collector to find them dead while they are young. */
const pageRows = 1000;

/**
 * Columns of the rows that `trials` selects, a page at a time, each row after its id: the fastest way through a million
 * rows. SQLite's own grouping sorts them, and a function of ours in its place is called with every cell.
 */
export async function* scanSqlite(
  { readArrays }: SqliteConnection,
  trials: TrialQuery,
  columns: readonly SelectExpression<Schema, TrialTableName>[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  const query = trials
    .select('id')
    .select(columns)
    .where('id', '>', -1)
    .orderBy('id')
    .limit(sql.lit(pageRows))
    .compile();
  const conditions = query.parameters.slice(0, -1);
  for (let after = -1; ;) {
    const page = await readArrays({ ...query, parameters: [...conditions, after] });
    yield page;
    if (page.length < pageRows) return;
    after = page.at(-1)![0] as number;
  }
}
