import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { findPostgres, startPrivatePostgres } from '@natsweep/results/testing';
import { readStall } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { points, SchedulerStack, upTo } from './testing.ts';

const binaries = findPostgres();
const notInstalled = 'PostgreSQL is not installed: apt-get install postgresql';

test('while PostgreSQL is gone, what is reported waits in Redis; when it is back, every trial is recorded once', async (t) => {
  if (binaries === undefined) return t.skip(notInstalled);
  const postgres = await startPrivatePostgres(binaries);
  t.after(() => postgres.stop());
  const stack = await SchedulerStack.start(t, postgres.url);
  // one trial per batch: more than fifty are in the queue before the first is delivered
  stack.schedule('--max-batch', '1');
  await stack.announce(4);
  await stack.submit('sweep', points(400));
  let delivered = 0;
  let isGone = false;
  const finishedMeanwhile = Promise.withResolvers<void>();
  stack.work(async (delivery) => {
    delivered += delivery.trials.length;
    const outcome = await stack.finish(delivery);
    if (delivered <= 50) return outcome;
    if (!isGone) {
      isGone = true;
      await postgres.crash();
    } else finishedMeanwhile.resolve();
    return outcome;
  }, 1);
  await finishedMeanwhile.promise;
  const redis = await stack.redis.connect();
  const stalled = async () => (await readStall(redis))?.message;
  while ((await stalled()) === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.match((await stalled()) ?? '', /^PostgreSQL at .* does not answer .*: check that it runs/);
  await postgres.restart();
  const { observed, failed } = await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual([observed, failed], [400, 0]);
  while ((await stalled()) !== undefined) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(400));
});

test('a scheduler that is refused by PostgreSQL says so without the password, and ends', async (t) => {
  if (binaries === undefined) return t.skip(notInstalled);
  const postgres = await startPrivatePostgres(binaries);
  t.after(() => postgres.stop());
  const { home } = await temporaryRedis(t);
  const url = postgres.url.replace('natsweep@', 'nobody-known:secret-word@');
  const main = fileURLToPath(new URL('./main.ts', import.meta.url));
  const env = { ...process.env, NATSWEEP_HOME: home, NATSWEEP_DATABASE_URL: url };
  const scheduler = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => scheduler.kill('SIGKILL'));
  let said = '';
  for (const stream of [scheduler.stdout, scheduler.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const [code] = (await once(scheduler, 'close')) as [number];
  assert.equal(code, 1);
  assert.match(
    said,
    /scheduler: PostgreSQL at .* refused access .*check user, password and rights in NATSWEEP_DATABASE_URL/,
  );
  assert.doesNotMatch(said, /secret-word/);
});
