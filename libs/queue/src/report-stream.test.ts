import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from './keys.ts';
import { ReportReader, ReportSender, streamStart, type Report } from './report-stream.ts';
import { temporaryRedis } from './testing.ts';

const retry = (n: number): Report => ({ kind: 'failed-delivery', sweep: `s${n}`, again: true, attempts: [] });

test('reports stay in the stream until they are discarded', async (t) => {
  const redis = await temporaryRedis(t);
  const sender = new ReportSender(await redis.connect(), assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  for (const n of [1, 2, 3]) sender.send(retry(n));
  while ((await reader.read(streamStart, { limit: 9, waitMs: 5000 })).reports.length < 3);
  const first = await reader.read(streamStart, { limit: 2, waitMs: 0 });
  assert.deepEqual(first.reports, [retry(1), retry(2)]);
  assert.deepEqual((await reader.read(streamStart, { limit: 9, waitMs: 0 })).reports.length, 3);
  await reader.discard(first.end);
  const rest = await reader.read(streamStart, { limit: 9, waitMs: 0 });
  assert.deepEqual(rest.reports, [retry(3)]);
  await reader.discard(rest.end);
  const none = await reader.read(rest.end, { limit: 9, waitMs: 0 });
  assert.deepEqual([none.reports, none.end], [[], rest.end]);
});

test('a waiting reader is woken by the first report', async (t) => {
  const redis = await temporaryRedis(t);
  const sender = new ReportSender(await redis.connect(), assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const page = reader.read(streamStart, { limit: 9, waitMs: 10_000 });
  sender.send(retry(1));
  assert.deepEqual((await page).reports, [retry(1)]);
});

test('an entry that is no report is handed over as such and does not stop the rest', async (t) => {
  const redis = await temporaryRedis(t);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const connection = await redis.connect();
  await connection.xadd(keys.observations, '*', 'r', '{"kind":');
  await connection.xadd(keys.observations, '*', 'r', JSON.stringify(retry(1)));
  const page = await reader.read(streamStart, { limit: 9, waitMs: 0 });
  assert.deepEqual([page.reports, page.unreadable], [[retry(1)], ['{"kind":']]);
});
