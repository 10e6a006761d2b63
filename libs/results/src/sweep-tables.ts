import { sql } from 'kysely';
import type { Transaction } from 'kysely';
import { bytes, rowId } from './migrations.ts';
import type { DatabaseKind } from './migrations.ts';
import type { ColumnType, DetailTableName, Schema, TrialTableName, ValueColumn } from './schema.ts';

export const trialTable = (sweepId: number): TrialTableName => `trials_${sweepId}`;
export const detailTable = (sweepId: number): DetailTableName => `details_${sweepId}`;

/**
 * The two tables of one sweep. The unique `trial_id` is what records every trial exactly once; the index over
 * `trial_index` serves paging and the scheduler's question which indices are done.
 */
export async function createSweepTables(db: Transaction<Schema>, kind: DatabaseKind, sweepId: number): Promise<void> {
  await db.schema
    .createTable(trialTable(sweepId))
    .addColumn('id', rowId(kind), (column) => column.primaryKey())
    .addColumn('trial_index', 'bigint', (column) => column.notNull())
    .addColumn('trial_id', bytewiseText(kind), (column) => column.notNull().unique())
    .addColumn('seed', 'bigint', (column) => column.notNull())
    .addColumn('outcome', 'text')
    .addColumn('failure', 'text')
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('started_at_ms', 'double precision', (column) => column.notNull())
    .addColumn('elapsed_seconds', 'double precision', (column) => column.notNull())
    .addColumn('peak_memory_bytes', 'double precision')
    .addColumn('slot_text', 'integer', (column) => column.notNull())
    .addColumn('engine_text', 'integer')
    .addColumn('pair_key', 'bigint', (column) => column.notNull())
    .execute();
  await db.schema
    .createIndex(`${trialTable(sweepId)}_by_index`)
    .on(trialTable(sweepId))
    .column('trial_index')
    .execute();
  await db.schema
    .createTable(detailTable(sweepId))
    .addColumn('id', kind === 'sqlite' ? 'integer' : 'bigint', (column) => column.primaryKey())
    .addColumn('hash', bytes(kind), (column) => column.notNull())
    .addColumn('traces_text', 'integer')
    .addColumn('traces', bytes(kind))
    .addColumn('message', 'text')
    .addColumn('log_tail', 'text')
    .execute();
}

export async function dropSweepTables(db: Transaction<Schema>, sweepId: number): Promise<void> {
  await db.schema.dropTable(trialTable(sweepId)).execute();
  await db.schema.dropTable(detailTable(sweepId)).execute();
}

/** Text that both databases compare and sort byte by byte, whatever the server's language. */
const bytewiseText = (kind: DatabaseKind) => (kind === 'sqlite' ? sql`text` : sql`text collate "C"`);

export interface NewColumn {
  readonly sweepId: number;
  readonly column: ValueColumn;
  readonly type: ColumnType;
}

export async function addValueColumn(db: Transaction<Schema>, kind: DatabaseKind, added: NewColumn): Promise<void> {
  const types = { number: sql`double precision`, string: bytewiseText(kind), boolean: sql`integer` };
  await db.schema.alterTable(trialTable(added.sweepId)).addColumn(added.column, types[added.type]).execute();
}
