import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from './keys.ts';
import { ReportReader, ReportSender, streamStart, type Report } from './report-stream.ts';
import { temporaryRedis } from './testing.ts';

const observation = (n: number, slot = 'cpu-0'): Report => ({
  ...{ kind: 'observation', sweep: 's', trialId: `t${n}`, index: n, params: { point: n }, seed: 0 },
  attempt: { attempt: 1, worker: 'w', slot, startedAtMs: n, elapsedSeconds: 0.5, peakMemoryBytes: 2 ** 27 },
  ...{ outcome: 'converged', metrics: { value: n }, traces: { loss: [1, null] } },
  engine: { engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: { v: '1' } },
});
const retry = (n: number): Report => ({ kind: 'failed-delivery', sweep: `s${n}`, again: true, attempts: [] });

test('reports stay in the stream until they are discarded', async (t) => {
  const redis = await temporaryRedis(t);
  const sender = new ReportSender(await redis.connect(), assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  for (const n of [1, 2, 3]) {
    sender.send(retry(n));
    sender.flush();
  }
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

test('what Redis has no room for is told again until it has, in order and said once', async (t) => {
  const redis = await temporaryRedis(t);
  const server = await redis.connect();
  const told: string[] = [];
  const sender = new ReportSender(await redis.connect(), (error, fate) => told.push(`${fate}: ${error.message}`));
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  await server.config('SET', 'maxmemory', '1');
  for (const n of [1, 2]) {
    sender.send(retry(n));
    sender.flush();
  }
  while (told.length === 0) await server.ping();
  sender.send(retry(3));
  sender.flush();
  await server.config('SET', 'maxmemory', '0');
  const read = async () => (await reader.read(streamStart, { limit: 9, waitMs: 5000 })).reports;
  while ((await read()).length < 3);
  assert.deepEqual(await read(), [retry(1), retry(2), retry(3)]);
  assert.deepEqual(told, ['waits: The memory of Redis is full: raise its "maxmemory".']);
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

test('reports that come together share entries of the stream, in their order', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const sender = new ReportSender(connection, assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const sent = Array.from({ length: 150 }, (_, n) => retry(n));
  for (const report of sent) sender.send(report);
  sender.flush();
  sender.flush();
  assert.equal(await connection.xlen(keys.observations), 3);
  const page = await reader.read(streamStart, { limit: 1000, waitMs: 0 });
  assert.deepEqual([page.reports, page.isFull], [sent, false]);
});

test('observations are read as they were sent; what they share is said once, until it changes', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const sender = new ReportSender(connection, assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const gpu = { name: 'NVIDIA H200', utilization: 0.5, memoryUsedBytes: 1, memoryTotalBytes: null };
  const third = observation(3, 'gpu-0');
  assert(third.kind === 'observation');
  const sent = [observation(1), retry(1), observation(2), { ...third, attempt: { ...third.attempt, gpu } }];
  for (const report of sent) sender.send(report);
  sender.flush();
  sender.send(observation(4, 'gpu-0'));
  sender.flush();
  const entries = await connection.xrange(keys.observations, '-', '+');
  const names = entries.map(([, pairs]) => pairs.filter((_, i) => i % 2 === 0).join(''));
  assert.deepEqual(names, ['srrrsr', 'sr']);
  const page = await reader.read(streamStart, { limit: 9, waitMs: 0 });
  assert.deepEqual([page.reports, page.unreadable], [[...sent, observation(4, 'gpu-0')], []]);
});

test('an observation before which nothing readable is said of what it shares is none', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const sender = new ReportSender(connection, assert.fail);
  sender.send(observation(1));
  sender.flush();
  const [entry] = await connection.xrange(keys.observations, '-', '+');
  const own = entry?.[1].at(-1) as string;
  await connection.xadd(keys.observations, '*', 'r', own);
  await connection.xadd(keys.observations, '*', 's', '{"sweep":"s"}', 'r', own, 'r', JSON.stringify(retry(1)));
  const page = await reader.read(streamStart, { limit: 9, waitMs: 0 });
  assert.deepEqual(
    [page.reports, page.unreadable],
    [
      [observation(1), retry(1)],
      [own, own],
    ],
  );
});

test('a page ends at its limit, at many characters, or with the stream', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const sender = new ReportSender(connection, assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const long = (n: number): Report => ({ ...retry(n), sweep: `s${n}`.padEnd(200, '-') });
  for (let n = 0; n < 300; n++) {
    sender.send(long(n));
    sender.flush();
  }
  await connection.ping();
  const page = await reader.read(streamStart, { limit: 80, waitMs: 0 });
  assert.deepEqual([page.reports.length, page.isFull], [80, true]);
  const rest = await reader.read(page.end, { limit: 1000, waitMs: 0 });
  assert.deepEqual([rest.reports.at(-1), rest.isFull], [long(299), false]);
  await reader.discard(rest.end);

  const attempt = { attempt: 1, worker: 'w', slot: 's', startedAtMs: 0, elapsedSeconds: 0 };
  const failure = { failure: 'crash', message: '', logTail: 'x'.repeat(100_000), attempt } as const;
  const attempts = Array.from({ length: 10 }, (_, n) => ({ trialId: `t${n}`, ...failure }));
  for (let n = 0; n < 40; n++) sender.send({ kind: 'failed-delivery', sweep: `s${n}`, again: true, attempts });
  await connection.ping();
  const bounded = await reader.read(rest.end, { limit: 1000, waitMs: 0 });
  assert.deepEqual([bounded.reports.length, bounded.isFull], [9, true]);
});

test('a page is hardly longer than its limit, also where entries of one report come before entries of many', async (t) => {
  const redis = await temporaryRedis(t);
  const connection = await redis.connect();
  const sender = new ReportSender(connection, assert.fail);
  const reader = await ReportReader.open(redis.address);
  t.after(() => reader.close());
  const alone = 400;
  for (let n = 0; n < 10_000; n++) {
    sender.send(retry(n));
    if (n < alone) sender.flush();
  }
  sender.flush();
  await connection.ping();
  const seen: Report[] = [];
  for (let position = streamStart; ;) {
    const page = await reader.read(position, { limit: 500, waitMs: 0 });
    assert(page.reports.length < 500 + 64, `${page.reports.length} reports`);
    seen.push(...page.reports);
    if (!page.isFull) break;
    position = page.end;
  }
  assert.deepEqual(
    seen,
    Array.from({ length: 10_000 }, (_, n) => retry(n)),
  );
});
