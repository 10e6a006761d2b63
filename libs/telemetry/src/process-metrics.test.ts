import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';

import { processMetricCatalogue } from './metric-catalogue.ts';
import { serveProcessMetrics } from './process-metrics.ts';

test('a process serves the metrics that the catalogue promises, where it says that it does', async (t) => {
  const server = await serveProcessMetrics({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  const body = await (await fetch(`http://${server.address}/metrics`)).text();
  for (const { name, type } of Object.values(processMetricCatalogue)) {
    assert.match(body, new RegExp(`^# TYPE ${name} ${type}$`, 'm'));
  }
  const residentBytes = Number(/^process_resident_memory_bytes (\d+)$/m.exec(body)?.[1]);
  assert.ok(residentBytes > 10e6 && residentBytes < 10e9, `${residentBytes}`);
  assert.equal((await fetch(`http://${server.address}/`)).status, 404);
});

test('metrics with a token are for those who have it', async (t) => {
  const server = await serveProcessMetrics({ host: '127.0.0.1', port: 0, token: 'sesame' });
  t.after(() => server.close());
  const ask = (authorization: string) => fetch(`http://${server.address}/metrics`, { headers: { authorization } });
  const refused = await ask('Bearer sesam');
  assert.equal(refused.status, 401);
  assert.equal(refused.headers.get('www-authenticate'), 'Bearer');
  assert.doesNotMatch(await refused.text(), /process_resident_memory_bytes/);
  assert.equal((await ask('Bearer sesame')).status, 200);
});

test('a server on all addresses goes by the name of the machine', async (t) => {
  const everywhere = await serveProcessMetrics({ host: '0.0.0.0', port: 0 });
  t.after(() => everywhere.close());
  assert.equal(everywhere.address.split(':')[0], hostname());
});

test('a taken port is refused', async (t) => {
  const first = await serveProcessMetrics({ host: '127.0.0.1', port: 0 });
  t.after(() => first.close());
  const port = Number(first.address.split(':')[1]);
  await assert.rejects(serveProcessMetrics({ host: '127.0.0.1', port }), { code: 'EADDRINUSE' });
});
