import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { ExportPage } from './export.ts';
import type { ExportCell, ExportColumn } from './export-columns.ts';

/** Rows of one row group, at least: what is in memory at once. */
const groupRows = 10_000;

/** A Parquet file (Snappy), a row group at a time. */
export async function* parquetFile(
  columns: readonly ExportColumn[],
  pages: AsyncIterable<ExportPage>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const sources = (data: readonly unknown[][]) =>
    columns.map(({ name, type }, column) => ({ name, type, data: data[column] ?? [], nullable: true }));
  const writer = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: sources([]) }) });
  bytes.appendUint32(magic);
  let group: unknown[][] = columns.map(() => []);
  for await (const rows of pages) {
    for (const [column, { type }] of columns.entries())
      for (const row of rows) group[column]!.push(parquetValue(type, row[column]!));
    if (group[0]!.length < groupRows) continue;
    await writer.write({ columnData: sources(group), rowGroupSize: group[0]!.length });
    group = columns.map(() => []);
    yield take(bytes);
  }
  const rest = group[0]!.length;
  if (rest > 0) await writer.write({ columnData: sources(group), rowGroupSize: rest });
  await writer.finish();
  yield take(bytes);
}

/** "PAR1" */
const magic = 0x31524150;

function parquetValue(type: ExportColumn['type'], cell: ExportCell): unknown {
  return type === 'INT64' && cell !== null ? BigInt(cell) : cell;
}

/** What was written since the last time. The writer's `offset` goes on counting: the file's footer needs it. */
function take(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}
