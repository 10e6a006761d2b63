import { sql } from 'kysely';
import type { ColumnDataType, Kysely, RawBuilder } from 'kysely';
import { Migrator } from 'kysely/migration';
import type { Migration } from 'kysely/migration';
import { fillPairKeys } from './fill-pair-keys.ts';
import { ResultsError } from './results-error.ts';
import type { Database } from './schema.ts';

export type DatabaseKind = 'sqlite' | 'postgres';

/** Schema changes in order. One that has been released is never edited; a sweep's own tables are in sweep-tables.ts. */
const migrations = (kind: DatabaseKind): Record<string, Migration> => ({
  '0001-sweeps': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('sweeps')
        .addColumn('id', rowId(kind), (column) => column.primaryKey())
        .addColumn('name', 'text', (column) => column.notNull().unique())
        .addColumn('experiment', 'text', (column) => column.notNull())
        .addColumn('experiment_version', 'integer', (column) => column.notNull())
        .addColumn('spec', 'text', (column) => column.notNull())
        .addColumn('planned', 'bigint', (column) => column.notNull())
        .addColumn('state', 'text', (column) => column.notNull())
        .addColumn('state_reason', 'text')
        .addColumn('created_at_ms', 'double precision', (column) => column.notNull())
        .addColumn('completed_at_ms', 'double precision')
        .addColumn('command_id', 'text', (column) => column.notNull())
        .execute();
      await db.schema
        .createTable('sweep_columns')
        .addColumn('sweep_id', 'integer', (column) => column.notNull().references('sweeps.id'))
        .addColumn('role', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('type', 'text', (column) => column.notNull())
        .addColumn('column_name', 'text', (column) => column.notNull())
        .addPrimaryKeyConstraint('sweep_columns_key', ['sweep_id', 'role', 'name', 'type'])
        .execute();
      await db.schema
        .createTable('sweep_tallies')
        .addColumn('sweep_id', 'integer', (column) => column.notNull().references('sweeps.id'))
        .addColumn('ending', 'text', (column) => column.notNull())
        .addColumn('records', 'bigint', (column) => column.notNull())
        .addPrimaryKeyConstraint('sweep_tallies_key', ['sweep_id', 'ending'])
        .execute();
      await db.schema
        .createTable('texts')
        .addColumn('id', rowId(kind), (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull().unique())
        .addColumn('content', 'text', (column) => column.notNull())
        .execute();
    },
  },
  '0002-versions-and-attempts': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('sweep_versions')
        .addColumn('sweep_id', 'integer', (column) => column.notNull().references('sweeps.id'))
        .addColumn('version', 'integer', (column) => column.notNull())
        .addColumn('spec', 'text', (column) => column.notNull())
        .addColumn('planned', 'bigint', (column) => column.notNull())
        .addColumn('command_id', 'text', (column) => column.notNull())
        .addColumn('applied_at_ms', 'double precision', (column) => column.notNull())
        .addPrimaryKeyConstraint('sweep_versions_key', ['sweep_id', 'version'])
        .execute();
      await sql`insert into sweep_versions (sweep_id, version, spec, planned, command_id, applied_at_ms)
        select id, 1, spec, planned, command_id, created_at_ms from sweeps`.execute(db);
      await db.schema
        .createTable('failed_attempts')
        .addColumn('sweep_id', 'integer', (column) => column.notNull().references('sweeps.id'))
        .addColumn('trial_id', 'text', (column) => column.notNull())
        .addColumn('attempt', 'integer', (column) => column.notNull())
        .addColumn('failure', 'text', (column) => column.notNull())
        .addColumn('message', 'text', (column) => column.notNull())
        .addColumn('log_tail', 'text', (column) => column.notNull())
        .addColumn('worker', 'text', (column) => column.notNull())
        .addColumn('slot', 'text', (column) => column.notNull())
        .addColumn('started_at_ms', 'double precision', (column) => column.notNull())
        .addColumn('elapsed_seconds', 'double precision', (column) => column.notNull())
        .addPrimaryKeyConstraint('failed_attempts_key', ['sweep_id', 'trial_id', 'attempt'])
        .execute();
    },
  },
  '0003-peak-memory': {
    async up(db: Kysely<unknown>) {
      const { rows } = await sql<{ id: number }>`select id from sweeps`.execute(db);
      for (const { id } of rows)
        await db.schema.alterTable(`trials_${id}`).addColumn('peak_memory_bytes', 'double precision').execute();
    },
  },
  '0004-pair-keys': {
    async up(db: Kysely<unknown>) {
      const { rows } = await sql<{ id: number }>`select id from sweeps`.execute(db);
      for (const { id } of rows) {
        await db.schema
          .alterTable(`trials_${id}`)
          .addColumn('pair_key', 'bigint', (column) => column.notNull().defaultTo(0))
          .execute();
        await fillPairKeys(db, id);
      }
    },
  },
  '0005-writer': {
    async up(db: Kysely<unknown>) {
      await db.schema
        .createTable('writer')
        .addColumn('epoch', 'bigint', (column) => column.notNull())
        .execute();
      await sql`insert into writer (epoch) values (0)`.execute(db);
    },
  },
});

/** A key that the database hands out. */
export function rowId(kind: DatabaseKind): ColumnDataType | RawBuilder<unknown> {
  return kind === 'sqlite' ? 'integer' : sql`bigint generated by default as identity`;
}

/** Byte strings have another name in each database. */
export const bytes = (kind: DatabaseKind): ColumnDataType => (kind === 'sqlite' ? 'blob' : 'bytea');

/**
 * Brings the schema up to date; concurrent starters wait for each other.
 * @throws ResultsError `newer-schema` if a newer natsweep has written here.
 */
export async function migrate(db: Database, kind: DatabaseKind): Promise<void> {
  if ((await schemaState(db, kind)) === 'current') return;
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations(kind)) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
}

/** `none`: nothing has been written here yet. */
export type SchemaState = 'none' | 'older' | 'current';

/** @throws ResultsError `newer-schema` */
export async function schemaState(db: Database, kind: DatabaseKind): Promise<SchemaState> {
  const known = migrations(kind);
  const done = await executedMigrations(db, kind);
  const newer = done.find((name) => !(name in known));
  if (newer)
    throw new ResultsError(
      'newer-schema',
      `This results database was written by a newer natsweep (schema ${newer}): update natsweep, or name another database.`,
    );
  return done.length === 0 ? 'none' : done.length === Object.keys(known).length ? 'current' : 'older';
}

async function executedMigrations(db: Database, kind: DatabaseKind): Promise<string[]> {
  const table = 'kysely_migration';
  const { rows: tables } =
    kind === 'sqlite'
      ? await sql`select 1 from sqlite_master where type = 'table' and name = ${table}`.execute(db)
      : await sql`select 1 where to_regclass(${table}) is not null`.execute(db);
  if (tables.length === 0) return [];
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(db);
  return rows.map(({ name }) => name);
}
