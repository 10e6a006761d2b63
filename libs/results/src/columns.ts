import type { ParameterValue, TrialRecord } from '@natsweep/sweep';
import type { Transaction } from 'kysely';
import type { DatabaseKind } from './migrations.ts';
import { ResultsError } from './results-error.ts';
import type { ColumnTable, ColumnType, Database, Schema, ValueColumn } from './schema.ts';
import { addValueColumn } from './sweep-tables.ts';

export interface Column {
  readonly column: ValueColumn;
  readonly type: ColumnType;
}

/** Where a sweep keeps its parameters and metrics. A parameter has one column per type of value that was recorded. */
export interface Columns {
  readonly params: ReadonlyMap<string, readonly Column[]>;
  readonly metrics: ReadonlyMap<string, ValueColumn>;
}

export async function readColumns(db: Database | Transaction<Schema>, sweepId: number): Promise<Columns> {
  const rows = await db
    .selectFrom('sweep_columns')
    .select(['role', 'name', 'type', 'column_name as column'])
    .where('sweep_id', '=', sweepId)
    .orderBy('name')
    .orderBy('type')
    .execute();
  const params = new Map<string, Column[]>();
  const metrics = new Map<string, ValueColumn>();
  for (const { role, name, column, type } of rows)
    if (role === 'metric') metrics.set(name, column);
    else params.set(name, [...(params.get(name) ?? []), { column, type }]);
  return { params, metrics };
}

/** The columns of a sweep, after adding those that these records need and it does not have yet. */
export async function completeColumns(
  db: Transaction<Schema>,
  kind: DatabaseKind,
  { sweepId, records }: { readonly sweepId: number; readonly records: readonly TrialRecord[] },
): Promise<Columns> {
  const columns = await readColumns(db, sweepId);
  if (missingColumns(columns, records).length === 0) return columns;
  // only one process at a time adds columns, and it looks again at what another may have added meanwhile
  await db.updateTable('sweeps').set({ id: sweepId }).where('id', '=', sweepId).execute();
  for (const { column, ...missing } of missingColumns(await readColumns(db, sweepId), records))
    await addColumn(db, kind, { ...missing, sweep_id: sweepId, column_name: column });
  return readColumns(db, sweepId);
}

export async function addColumn(db: Transaction<Schema>, kind: DatabaseKind, added: ColumnTable): Promise<void> {
  const { sweep_id: sweepId, column_name: column, type } = added;
  await addValueColumn(db, kind, { sweepId, column, type });
  await db.insertInto('sweep_columns').values(added).execute();
}

interface MissingColumn extends Column {
  readonly role: 'param' | 'metric';
  readonly name: string;
}

function missingColumns(columns: Columns, records: readonly TrialRecord[]): MissingColumn[] {
  const missing = new Map<string, MissingColumn>();
  let params = [...columns.params.values()].flat().length;
  let metrics = columns.metrics.size;
  for (const record of records) {
    for (const name in record.params) {
      const type = typeOf(record.params[name]!);
      if (columns.params.get(name)?.some((column) => column.type === type)) continue;
      const key = `param ${type} ${name}`;
      if (!missing.has(key)) missing.set(key, { role: 'param', name, type, column: `p${++params}` });
    }
    if (record.kind === 'failed') continue;
    for (const name in record.metrics) {
      if (columns.metrics.has(name)) continue;
      const key = `metric ${name}`;
      if (!missing.has(key)) missing.set(key, { role: 'metric', name, type: 'number', column: `m${++metrics}` });
    }
  }
  return [...missing.values()];
}

export function valueColumns({ params, metrics }: Columns): ValueColumn[] {
  return [...[...params.values()].flat().map(({ column }) => column), ...metrics.values()];
}

export function typeOf(value: ParameterValue): ColumnType {
  return typeof value as ColumnType;
}

/** @throws ResultsError `unknown-column` naming what there is. */
export function paramColumns(columns: Columns, name: string): readonly Column[] {
  const found = columns.params.get(name);
  if (!found) throw unknownColumn(`parameter "${name}"`, columns.params.keys());
  return found;
}

/** @throws ResultsError `unknown-column` naming what there is. */
export function metricColumn(columns: Columns, name: string): ValueColumn {
  const found = columns.metrics.get(name);
  if (!found) throw unknownColumn(`metric "${name}"`, columns.metrics.keys());
  return found;
}

function unknownColumn(what: string, known: Iterable<string>): ResultsError {
  const names = [...known].join(', ');
  return new ResultsError('unknown-column', `The sweep has no ${what}; it has: ${names || 'nothing recorded yet'}.`);
}
