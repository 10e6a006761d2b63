import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';

import { AppProcess, lastComplaint } from './app-process.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'natsweep-app-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test('an app that ends by itself is started again and its last words are passed on', async (t) => {
  const home = folder(t);
  const entry = join(home, 'app.mjs');
  const marker = join(home, 'crashed');
  writeFileSync(
    entry,
    `import { existsSync, writeFileSync } from 'node:fs';
     if (existsSync(${JSON.stringify(marker)})) setInterval(() => {}, 1000);
     else {
       writeFileSync(${JSON.stringify(marker)}, '');
       console.error(JSON.stringify({ level: 'error', msg: 'no engine.' }));
       process.exitCode = 3;
     }`,
  );
  const crashes: string[] = [];
  let starts = 0;
  const startedTwice = Promise.withResolvers<void>();
  const app = new AppProcess({
    name: 'worker',
    entry,
    args: [],
    env: process.env,
    logFile: join(home, 'worker.log'),
    onCrash: (message) => crashes.push(message),
    onStart: () => {
      starts++;
      if (starts === 2) startedTwice.resolve();
    },
  });
  app.start();
  await startedTwice.promise;
  assert.deepEqual(crashes, ['worker ended (code 3): no engine. Starting it again in 0.5 s.']);
  assert.equal(app.lastCrash, 'no engine.');
  assert.equal(await app.stop(10_000), true);
  assert.equal(app.identity, undefined);
  assert.equal(starts, 2);
});

test('the last complaint of a log is its last warning, error or plain sentence', (t) => {
  const log = join(folder(t), 'app.log');
  assert.equal(lastComplaint(log), undefined);
  writeFileSync(
    log,
    [
      '{"level":"error","msg":"cannot listen","err":{"message":"address in use"}}',
      '{"level":"info","msg":"serving"}',
      '    at frame (file.ts:1:1)',
      '',
    ].join('\n'),
  );
  assert.equal(lastComplaint(log), 'cannot listen: address in use');
  assert.equal(lastComplaint(log, 70), undefined, 'what an earlier run wrote is passed over');
  writeFileSync(log, 'worker: --slots x is none of auto, a number\n');
  assert.equal(lastComplaint(log), 'worker: --slots x is none of auto, a number');
});
