import type { Connection } from './connection.ts';
import { exportColumns } from './export-columns.ts';
import type { Cell, ExportColumn } from './export-columns.ts';
import { parquetFile } from './parquet.ts';
import { findSweep } from './query.ts';
import { readAllRows } from './rows.ts';
import type { ExportQuery, TrialRow } from './store.ts';

/** The selected records as a file, in pieces; memory does not grow with the sweep. */
export async function* exportRows(
  connection: Connection,
  name: string,
  { format, ...query }: ExportQuery,
): AsyncGenerator<Uint8Array> {
  const { columns } = await findSweep(connection.db, name);
  const table = exportColumns(columns);
  const rows = readAllRows(connection, name, query);
  switch (format) {
    case 'csv':
      return yield* inPieces(csvLines(table, rows));
    case 'jsonl':
      return yield* inPieces(jsonLines(table, rows));
    case 'parquet':
      return yield* parquetFile(table, rows);
    default:
      format satisfies never;
  }
}

/** RFC 4180; null is an empty field, an empty text is `""`. */
async function* csvLines(table: readonly ExportColumn[], rows: AsyncIterable<TrialRow>): AsyncGenerator<string> {
  yield csvLine(table.map(({ name }) => name));
  for await (const row of rows) yield csvLine(table.map(({ cell }) => cell(row)));
}

function csvLine(cells: readonly Cell[]): string {
  return `${cells.map(csvField).join(',')}\r\n`;
}

function csvField(cell: Cell): string {
  if (cell === null) return '';
  const text = String(cell);
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

async function* jsonLines(table: readonly ExportColumn[], rows: AsyncIterable<TrialRow>): AsyncGenerator<string> {
  for await (const row of rows)
    yield `${JSON.stringify(Object.fromEntries(table.map(({ name, cell }) => [name, cell(row)])))}\n`;
}

const pieceLength = 1 << 16;

async function* inPieces(lines: AsyncIterable<string>): AsyncGenerator<Uint8Array> {
  let piece = '';
  for await (const line of lines) {
    piece += line;
    if (piece.length < pieceLength) continue;
    yield Buffer.from(piece);
    piece = '';
  }
  if (piece !== '') yield Buffer.from(piece);
}
