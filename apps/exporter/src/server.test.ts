import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { createLogger } from '@natsweep/telemetry';

import { exampleSnapshot, exampleWorker } from './example-snapshot.ts';
import { createExporter } from './server.ts';
import type { Snapshot } from './snapshot.ts';

interface Served {
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  readonly log: string[];
}

async function serve(t: TestContext, readSnapshot: () => Promise<Snapshot>, token?: string): Promise<Served> {
  const log: string[] = [];
  const logger = createLogger({ app: 'exporter', level: 'info', sink: { write: (line) => log.push(line) } });
  const server = createExporter({
    ...{ readSnapshot, logger, token },
    ...{ version: '0.1.0', keepEndedSeconds: 3600, maxSweeps: 50 },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return { log, get: (path, headers = {}) => fetch(`http://127.0.0.1:${port}${path}`, { headers }) };
}

test('/metrics speaks OpenMetrics to those who ask for it and the text format to others', async (t) => {
  const { get } = await serve(t, async () => exampleSnapshot());
  const plain = await get('/metrics');
  assert.match(plain.headers.get('content-type') ?? '', /^text\/plain/);
  assert.match(await plain.text(), /^natsweep_up 1$/m);
  const open = await get('/metrics', { accept: 'application/openmetrics-text; version=1.0.0' });
  assert.match(open.headers.get('content-type') ?? '', /^application\/openmetrics-text/);
});

test('/sd/workers lists the workers that serve metrics', async (t) => {
  const entry = { heartbeatAgeMs: 0, clockSkewMs: 0 };
  const hidden = exampleWorker({ worker: 'slurm-4', metricsAddress: null });
  const workers = [
    { status: exampleWorker(), ...entry },
    { status: hidden, ...entry },
  ];
  const { get } = await serve(t, async () => exampleSnapshot({ workers }));
  const response = await get('/sd/workers');
  assert.equal(response.headers.get('content-type'), 'application/json');
  assert.deepEqual(await response.json(), [
    { targets: ['10.0.0.1:9464'], labels: { worker: 'node1-17', host: 'node1' } },
  ]);
});

test('an outage of Redis: up 0, discovery answers 503 so that targets are kept, health stays good, all is back after', async (t) => {
  let isDown = true;
  const { get, log } = await serve(t, async () => {
    if (isDown) throw new Error('connect ECONNREFUSED');
    return exampleSnapshot();
  });
  for (let scrape = 0; scrape < 2; scrape++) assert.match(await (await get('/metrics')).text(), /^natsweep_up 0$/m);
  assert.equal((await get('/sd/workers')).status, 503);
  assert.equal((await get('/healthz')).status, 200);
  isDown = false;
  assert.match(await (await get('/metrics')).text(), /^natsweep_up 1$/m);
  const messages = log.map((line) => (JSON.parse(line) as { msg: string }).msg);
  assert.deepEqual(messages, ['cannot read Redis; trying again with every scrape', 'Redis is back']);
});

test('with a token, metrics and discovery demand it and health does not', async (t) => {
  const { get } = await serve(t, async () => exampleSnapshot(), 'sesame');
  for (const path of ['/metrics', '/sd/workers']) {
    const refused = await get(path);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
    assert.equal((await get(path, { authorization: 'Bearer sesam' })).status, 401);
    assert.equal((await get(path, { authorization: 'Bearer sesame' })).status, 200);
  }
  assert.equal((await get('/healthz')).status, 200);
});

test('another path is answered with what there is', async (t) => {
  const { get } = await serve(t, async () => exampleSnapshot());
  const response = await get('/');
  assert.equal(response.status, 404);
  assert.match(await response.text(), /\/metrics, \/sd\/workers, \/healthz/);
});
