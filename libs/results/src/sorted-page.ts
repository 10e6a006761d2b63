import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';
import { metricColumn, paramColumns } from './columns.ts';
import type { Columns } from './columns.ts';
import type { Cell } from './connection.ts';
import { circumstances } from './query.ts';
import type { TrialColumn, TrialQuery } from './query.ts';
import { ResultsError } from './results-error.ts';
import type { RowQuery, TrialRow } from './store.ts';

interface SortKey {
  readonly column: TrialColumn;
  readonly descending: boolean;
  /** What a row has in the column. */
  readonly of: (row: TrialRow) => Cell;
}

/**
 * Sorted with nulls last in both databases, ties in the order of the grid, then of trial ids. A page begins after a row, not
 * after a number of rows: none is missed or met twice while others are recorded, and far pages take as long as near ones.
 */
export function sortedPage(trials: TrialQuery, columns: Columns, query: RowQuery): TrialQuery {
  const keys = [
    ...sortKeys(columns, query),
    { column: 'trial_index', descending: false, of: ({ index }) => index } as const,
    { column: 'trial_id', descending: false, of: ({ trialId }) => trialId } as const,
  ] satisfies SortKey[];
  let page = trials;
  for (const { column, descending } of keys)
    page = neverNull.has(column)
      ? page.orderBy(column, descending ? 'desc' : 'asc')
      : page.orderBy(column, (order) => order[descending ? 'desc' : 'asc']().nullsLast());
  if (query.after !== undefined) page = page.where(isAfter(query.after, keys));
  return query.limit === undefined ? page : page.limit(query.limit);
}

const neverNull: ReadonlySet<TrialColumn> = new Set(['trial_index', 'trial_id', 'seed', 'elapsed_seconds']);

/** @throws ResultsError `unknown-column` */
function sortKeys(columns: Columns, { orderBy = 'index', descending = false }: RowQuery): SortKey[] {
  if (orderBy.startsWith('params.')) {
    const name = orderBy.slice('params.'.length);
    return paramColumns(columns, name).map(({ column, type }) => ({
      column,
      descending,
      of: ({ params }) => {
        const value = Object.hasOwn(params, name) ? params[name]! : null;
        return typeof value !== type ? null : typeof value === 'boolean' ? Number(value) : value;
      },
    }));
  }
  if (orderBy.startsWith('metrics.')) {
    const name = orderBy.slice('metrics.'.length);
    const of = (row: TrialRow) => (row.kind === 'observation' ? (row.metrics[name] ?? null) : null);
    return [{ column: metricColumn(columns, name), descending, of }];
  }
  if (!Object.hasOwn(fixed, orderBy))
    throw new ResultsError(
      'unknown-column',
      `Cannot sort by "${orderBy}": use index, seed, elapsedSeconds, peakMemoryBytes, params.NAME or metrics.NAME.`,
    );
  return [{ ...fixed[orderBy as keyof typeof fixed], descending }];
}

const fixed = {
  index: { column: 'trial_index', of: ({ index }: TrialRow) => index },
  seed: { column: 'seed', of: ({ seed }: TrialRow) => seed },
  elapsedSeconds: { column: circumstances.elapsedSeconds, of: ({ attempt }: TrialRow) => attempt.elapsedSeconds },
  peakMemoryBytes: {
    column: circumstances.peakMemoryBytes,
    of: ({ attempt }: TrialRow) => attempt.peakMemoryBytes ?? null,
  },
} as const;

/** Equal to the row in the first keys and beyond it in the next one, for any number of first keys. */
function isAfter(row: TrialRow, keys: readonly SortKey[]): RawBuilder<SqlBool> {
  const conditions = keys.map((key, position) =>
    sql.join([...keys.slice(0, position).map((first) => isEqual(row, first)), isBeyond(row, key)], sql` and `),
  );
  const [{ column, descending, of }] = keys as [SortKey, ...SortKey[]];
  // an index over the first column is used only if a condition on it stands alone
  const near = neverNull.has(column)
    ? sql`${sql.ref(column)} ${descending ? sql`<=` : sql`>=`} ${of(row)} and `
    : sql``;
  return sql`(${near}(${sql.join(conditions, sql` or `)}))`;
}

function isEqual(row: TrialRow, { column, of }: SortKey): RawBuilder<SqlBool> {
  const value = of(row);
  return value === null ? sql`${sql.ref(column)} is null` : sql`${sql.ref(column)} = ${value}`;
}

function isBeyond(row: TrialRow, { column, descending, of }: SortKey): RawBuilder<SqlBool> {
  const value = of(row);
  if (value === null) return sql`1 = 0`;
  const beyond = sql<SqlBool>`${sql.ref(column)} ${descending ? sql`<` : sql`>`} ${value}`;
  return neverNull.has(column) ? beyond : sql`(${beyond} or ${sql.ref(column)} is null)`;
}
