import { CompiledQuery } from 'kysely';
import type { Transaction } from 'kysely';
import type { DatabaseKind } from './migrations.ts';
import type { Schema } from './schema.ts';

/** Bound parameters of one statement: SQLite takes 32,766, PostgreSQL 65,535. */
const maxParameters = 16_000;

/**
 * Rows of one statement of SQLite: it has no round trips to save, and a prepared statement of 500 rows would hold a megabyte
 * for its parameters.
 */
const maxSqliteRows = 64;

export type Value = number | bigint | string | Uint8Array | null;

/** A table, the columns that rows fill, and what follows the values in the statement. Names are ours, never a user's. */
export interface Target {
  readonly table: string;
  readonly columns: readonly string[];
  readonly ending?: string;
}

/**
 * Inserts rows and returns what the statements return. Their text is written here, and depends on the number of rows only:
 * to build it as a tree of every value, as a query builder does, takes longer than SQLite takes to insert.
 */
export async function insertRows<Returned>(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  { target, rows }: { readonly target: Target; readonly rows: readonly (readonly Value[])[] },
): Promise<Returned[]> {
  const returned: Returned[] = [];
  const texts = new Map<number, string>();
  for (let start = 0; start < rows.length;) {
    const count = statementRows(kind, rows.length - start, target.columns.length);
    const parameters = rows.slice(start, start + count).flat();
    const text = texts.get(count) ?? statement(kind, target, count);
    texts.set(count, text);
    const result = await db.executeQuery<Returned>(CompiledQuery.raw(text, parameters));
    for (const row of result.rows) returned.push(row);
    start += count;
  }
  return returned;
}

/** In SQLite a power of two, so that a handful of prepared statements serves any number of rows. */
function statementRows(kind: DatabaseKind, left: number, columns: number): number {
  const fitting = Math.min(left, Math.max(1, Math.floor(maxParameters / columns)));
  return kind === 'sqlite' ? 2 ** Math.floor(Math.log2(Math.min(fitting, maxSqliteRows))) : fitting;
}

function statement(kind: DatabaseKind, { table, columns, ending = '' }: Target, rows: number): string {
  const mark = (row: number, column: number) => (kind === 'sqlite' ? '?' : `$${row * columns.length + column + 1}`);
  const values = Array.from({ length: rows }, (_, row) => `(${columns.map((_, column) => mark(row, column)).join()})`);
  return `insert into ${quoted(table)} (${columns.map(quoted).join()}) values ${values.join()} ${ending}`;
}

function quoted(name: string): string {
  return `"${name}"`;
}
