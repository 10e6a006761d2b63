import type { CompiledQuery } from 'kysely';
import type { Database } from './schema.ts';
import type { Texts } from './texts.ts';

interface Shared {
  readonly db: Database;
  readonly texts: Texts;
}

export interface SqliteConnection extends Shared {
  readonly kind: 'sqlite';
  readonly readArrays: ReadArrays;
}

export interface PostgresConnection extends Shared {
  readonly kind: 'postgres';
}

/** An open results database, as the functions of this library share it. */
export type Connection = SqliteConnection | PostgresConnection;

export type Cell = number | string | null;

/** The rows of a query as arrays of cells in the order of what it selects: half the time of rows as objects. */
export type ReadArrays = (query: CompiledQuery) => Promise<readonly (readonly Cell[])[]>;
