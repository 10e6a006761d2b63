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
}

export type Cell = number | string | null;

/** The rows of a query as arrays of cells in the order of what it selects: half the time of rows as objects. */
export type ReadArrays = (query: CompiledQuery) => Promise<readonly (readonly Cell[])[]>;
