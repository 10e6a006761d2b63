import type { Cell, Connection } from './connection.ts';
import { exportColumns } from './export-columns.ts';
import type { ExportCell, ExportColumn } from './export-columns.ts';
import { parquetFile } from './parquet.ts';
import { findSweep, isEmpty, selectTrials } from './query.ts';
import type { SweepPlace } from './query.ts';
import { scan } from './scan.ts';
import type { ExportQuery } from './store.ts';

/** Some rows of an exported table. */
export type ExportPage = readonly (readonly ExportCell[])[];

/** The selected records as a file, in pieces; memory does not grow with the sweep. */
export async function* exportRows(
  connection: Connection,
  name: string,
  { format, ...query }: ExportQuery,
): AsyncGenerator<Uint8Array> {
  const sweep = await findSweep(connection.db, name);
  const columns = exportColumns(sweep, connection.texts);
  const pages = exportPages(connection, sweep, { columns, query });
  switch (format) {
    case 'csv':
      return yield* csvPieces(columns, pages);
    case 'jsonl':
      return yield* jsonPieces(columns, pages);
    case 'parquet':
      return yield* parquetFile(columns, pages);
    default:
      format satisfies never;
  }
}

interface Exported {
  readonly columns: readonly ExportColumn[];
  readonly query: Omit<ExportQuery, 'format'>;
}

async function* exportPages(
  connection: Connection,
  sweep: SweepPlace,
  { columns, query }: Exported,
): AsyncGenerator<ExportPage> {
  if (isEmpty(sweep)) return;
  const cells = columns.flatMap(({ from }) => from);
  const texts = cells.flatMap((cell, position) =>
    cell === 'slot_text' || cell === 'engine_text' ? [1 + position] : [],
  );
  let next = 1;
  const placed = columns.map(({ from, cell }) => {
    const first = next;
    next += from.length;
    return (row: readonly Cell[]) => cell(row, first);
  });
  for await (const rows of scan(connection, selectTrials(connection.db, sweep, query), cells)) {
    await connection.texts.load(rows.flatMap((row) => texts.map((position) => row[position] as number | null)));
    yield rows.map((row) => placed.map((cell) => cell(row)));
  }
}

/** RFC 4180; null is an empty field, an empty text is `""`. */
async function* csvPieces(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<ExportPage>,
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(csvLine(columns.map(({ name }) => name)));
  for await (const rows of pages) if (rows.length > 0) yield Buffer.from(rows.map(csvLine).join(''));
}

function csvLine(cells: readonly ExportCell[]): string {
  return `${cells.map(csvField).join(',')}\r\n`;
}

function csvField(cell: ExportCell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

async function* jsonPieces(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<ExportPage>,
): AsyncGenerator<Uint8Array> {
  const keys = columns.map(({ name }) => JSON.stringify(name));
  const line = (cells: ExportPage[number]) =>
    `{${cells.map((cell, column) => `${keys[column]}:${JSON.stringify(cell)}`).join()}}\n`;
  for await (const rows of pages) if (rows.length > 0) yield Buffer.from(rows.map(line).join(''));
}
