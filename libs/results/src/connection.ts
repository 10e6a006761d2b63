import type { CompiledQuery } from 'kysely';
import type { DatabaseKind } from './migrations.ts';
import type { Database } from './schema.ts';
import type { Texts } from './texts.ts';

/** An open results database, as the functions of this library share it. */
export interface Connection {
  readonly kind: DatabaseKind;
  readonly db: Database;
  readonly texts: Texts;
  readonly readArrays: ReadArrays;
  /** Undefined for a database in memory and for PostgreSQL. */
  readonly file: () => DatabaseFile | undefined;
}

/** What another connection to the same SQLite database needs. */
export interface DatabaseFile {
  readonly path: string;
  /** With how it is opened. */
  readonly url: string;
  readonly lockTimeoutMs: number;
}

export type Cell = number | string | null;

export type ArrayQuery = Pick<CompiledQuery, 'sql' | 'parameters'>;

/** The rows of a query as arrays of cells in the order of what it selects: half the time of rows as objects. */
export type ReadArrays = (query: ArrayQuery) => Promise<readonly (readonly Cell[])[]>;
