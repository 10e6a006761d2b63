import type { DatabaseKind } from './migrations.ts';
import type { Database } from './schema.ts';
import type { Texts } from './texts.ts';

/** An open results database, as the functions of this library share it. */
export interface Connection {
  readonly kind: DatabaseKind;
  readonly db: Database;
  readonly texts: Texts;
}
