import { ByteWriter, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import type { Cell, ExportColumn } from './export-columns.ts';
import type { TrialRow } from './store.ts';

/** Rows of one row group: what is in memory at once. */
const groupRows = 10_000;

/** A Parquet file (Snappy), a row group at a time. */
export async function* parquetFile(
  columns: readonly ExportColumn[],
  rows: AsyncIterable<TrialRow>,
): AsyncGenerator<Uint8Array> {
  const bytes = new ByteWriter();
  const sources = (data: readonly unknown[][]) =>
    columns.map(({ name, type }, column) => ({ name, type, data: data[column] ?? [], nullable: true }));
  const writer = new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData: sources([]) }) });
  bytes.appendUint32(magic);
  let group: unknown[][] = columns.map(() => []);
  for await (const row of rows) {
    columns.forEach(({ type, cell }, column) => group[column]!.push(parquetValue(type, cell(row))));
    if (group[0]!.length < groupRows) continue;
    await writer.write({ columnData: sources(group), rowGroupSize: groupRows });
    group = columns.map(() => []);
    yield take(bytes);
  }
  if (group[0]!.length > 0) await writer.write({ columnData: sources(group), rowGroupSize: groupRows });
  await writer.finish();
  yield take(bytes);
}

/** "PAR1" */
const magic = 0x31524150;

function parquetValue(type: ExportColumn['type'], cell: Cell): unknown {
  return type === 'INT64' && cell !== null ? BigInt(cell) : cell;
}

/** What was written since the last time. The writer's `offset` goes on counting: the file's footer needs it. */
function take(bytes: ByteWriter): Uint8Array {
  const taken = bytes.getBytes().slice();
  bytes.index = 0;
  return taken;
}
