import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

function start(t: TestContext, ...args: string[]): ChildProcess {
  const env = { ...process.env, NATSWEEP_HOME: '/nowhere', REDIS_URL: '', NATSWEEP_LOG_LEVEL: 'info' };
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function finished(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}

test('it serves without Redis, and ends with 0 when asked to', async (t) => {
  const exporter = start(t, '--listen', '127.0.0.1:0');
  const [line] = (await once(exporter.stderr as NodeJS.EventEmitter, 'data')) as [Buffer];
  const { port } = JSON.parse(line.toString()) as { port: number };
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  assert.match(metrics, /^natsweep_up 0$/m);
  exporter.kill('SIGTERM');
  assert.equal((await finished(exporter)).code, 0);
});

test('a flag that cannot be used ends it with 2 and one sentence, help with 0', async (t) => {
  const refused = await finished(start(t, '--listen', 'everywhere'));
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^exporter: --listen everywhere: give HOST:PORT.*\n$/);
  const helped = await finished(start(t, '--help'));
  assert.equal(helped.code, 0);
  assert.match(helped.stdout, /^Usage: /);
});

test('a port that is taken ends it with 1 and says what to do', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  t.after(() => taken.close());
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  const { code, stderr } = await finished(start(t, '--listen', `127.0.0.1:${port}`));
  assert.equal(code, 1);
  assert.match(stderr, /cannot listen on 127\.0\.0\.1:\d+; choose another with --listen/);
});
