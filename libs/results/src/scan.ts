import { sql } from 'kysely';
import type { SelectExpression } from 'kysely';
import type { ArrayQuery, Cell, Connection } from './connection.ts';
import { pageRows, pages } from './pages.ts';
import type { TrialQuery } from './query.ts';
import type { Schema, TrialTableName } from './schema.ts';

export type Scanned = SelectExpression<Schema, TrialTableName>;

/**
 * Columns of the rows that `trials` selects, a page at a time in the order of recording, each row after its id: the fastest
 * way through a million rows. SQLite's own grouping sorts them, and a function of ours in its place is called with every cell.
 */
export function scan(
  { readArrays }: Pick<Connection, 'readArrays'>,
  trials: TrialQuery,
  columns: readonly Scanned[],
): AsyncGenerator<readonly (readonly Cell[])[]> {
  return pages(readArrays, pageQuery(trials, columns));
}

/** What `pages` reads: a page of rows, each after its id. */
export function pageQuery(trials: TrialQuery, columns: readonly Scanned[]): ArrayQuery {
  return trials.select('id').select(columns).where('id', '>', -1).orderBy('id').limit(sql.lit(pageRows)).compile();
}
