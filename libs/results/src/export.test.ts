import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import type { FailedTrial, Observation } from '@natsweep/sweep';
import { parquetReadObjects } from 'hyparquet';
import { openResults } from './open-results.ts';
import { syntheticRecords, syntheticSweep } from './testing/synthetic.ts';

const folder = mkdtempSync(join(tmpdir(), 'natsweep-export-'));
const store = await openResults(`sqlite:${join(folder, 'results.sqlite')}`);
const records = syntheticRecords('damping', 150).map((record) => ({
  ...record,
  params: {
    ...record.params,
    note: 'a "quoted", two-line\nnote',
    rank: record.index % 2 === 0 ? 4 : 'full',
    seed: 1.5,
  },
}));
await store.createSweep(syntheticSweep('damping', 150));
await store.record(records);
after(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

async function exported(format: 'csv' | 'jsonl' | 'parquet', filter?: string): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.export('damping', { format, ...(filter !== undefined && { filter }) }))
    pieces.push(piece);
  return Buffer.concat(pieces);
}

/** What every format must say of this record. */
function expectedRow(record: Observation | FailedTrial) {
  const observed = record.kind === 'observation' ? record : undefined;
  return {
    ...record.params,
    index: record.index,
    trialId: record.trialId,
    seed: record.seed,
    'params.seed': 1.5,
    rank: String(record.params['rank']),
    outcome: observed?.outcome ?? null,
    failure: record.kind === 'failed' ? record.failure : null,
    trainLossFinal: observed?.metrics['trainLossFinal'] ?? null,
    stepsToThreshold: observed?.metrics['stepsToThreshold'] ?? null,
    elapsedSeconds: record.attempt.elapsedSeconds,
    peakMemoryBytes: record.attempt.peakMemoryBytes ?? null,
    startedAtMs: record.attempt.startedAtMs,
    attempt: record.attempt.attempt,
    worker: record.attempt.worker,
    slot: record.attempt.slot,
    engine: observed?.engine.engine ?? null,
    device: observed?.engine.device ?? null,
    precision: observed?.engine.precision ?? null,
    message: record.kind === 'failed' ? record.message : null,
  };
}

test('JSON Lines has one object per trial with every parameter and metric', async () => {
  const lines = Buffer.from(await exported('jsonl'))
    .toString()
    .trimEnd()
    .split('\n');
  assert.deepEqual(
    lines.map((line) => JSON.parse(line) as unknown),
    records.map(expectedRow),
  );
});

test('CSV says the same, quoted where needed', async () => {
  const text = Buffer.from(await exported('csv')).toString();
  const [header, ...rows] = parseCsv(text);
  assert.equal(rows.length, 150);
  for (const [position, row] of rows.entries()) {
    const expected: Record<string, unknown> = expectedRow(records[position]!);
    for (const [column, name] of header!.entries()) assert.equal(row[column], String(expected[name] ?? ''), name);
  }
});

test('a Parquet reader reads back the same types and values, selected rows only', async () => {
  const { buffer, byteOffset, byteLength } = Buffer.from(await exported('parquet', 'index < 40'));
  const file = buffer.slice(byteOffset, byteOffset + byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file });
  const plain = rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [name, typeof value === 'bigint' ? Number(value) : (value ?? null)]),
    ),
  );
  assert.deepEqual(plain, records.slice(0, 40).map(expectedRow));
});

test('a sweep without records exports its header only', async () => {
  await store.createSweep(syntheticSweep('empty'));
  let text = '';
  for await (const piece of store.export('empty', { format: 'csv' })) text += Buffer.from(piece).toString();
  assert.match(text, /^index,trialId,seed,outcome,failure,[^\n]*\r\n$/);
});

/** A reader of RFC 4180, one character after the other. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [[]];
  let field = '';
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (quoted && character === '"' && text[at + 1] === '"') field += text[at++];
    else if (character === '"') quoted = !quoted;
    else if (!quoted && character === ',') {
      rows.at(-1)!.push(field);
      field = '';
    } else if (!quoted && character === '\r') {
      rows.at(-1)!.push(field);
      field = '';
      rows.push([]);
      at++;
    } else field += character;
  }
  rows.pop();
  return rows;
}
