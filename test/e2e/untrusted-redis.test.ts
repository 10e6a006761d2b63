import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readSummaries, readWorkers, sendCommand } from '@natsweep/queue';
import { openResults } from '@natsweep/results';
import { Queue } from 'bullmq';
import { Stack } from '../stack.ts';

/** What someone who can write to Redis may leave there. */
const nonsense = [
  '',
  'not JSON',
  'null',
  '[]',
  '{}',
  '{"__proto__":{"polluted":true}}',
  '{"kind":"observation","sweep":"s","trialId":{"toString":1},"index":-1}',
  '{"kind":"observation","sweep":"s","trialId":"x","index":1e300,"params":{},"seed":0}',
  '{"kind":"failed-delivery","sweep":"s","again":true,"attempts":[{"trialId":"x"}]}',
  '{"kind":"submit","commandId":"c1","spec":"{\\"name\\":\\"../../x\\"}"}',
  '{"kind":"submit","commandId":"c2","spec":"null"}',
  '{"kind":"apply","commandId":"c3","spec":"{}"}',
  '{"kind":"cancel-trials","commandId":"c4","sweep":"s","indices":["0"]}',
  '{"kind":"shell","commandId":"c5","sweep":"s"}',
  `{"kind":"pause","commandId":"c6","sweep":"${'s'.repeat(100_000)}"}`,
  '['.repeat(100_000),
];

/** An observation as a worker would write it, of a trial that the sweep does not have. */
const foreign = JSON.stringify({
  ...{ kind: 'observation', trialId: 'made-up', index: 1e9, params: {}, seed: 0 },
  attempt: { startedAtMs: 0, elapsedSeconds: 0 },
  ...{ outcome: 'converged', metrics: {}, traces: {} },
});
/** What a worker would write before it. */
const shared = JSON.stringify({
  sweep: 'honest',
  attempt: { attempt: 1, worker: 'w', slot: 's' },
  engine: { engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: {} },
});

test('whatever others write into Redis, the processes go on and an honest sweep is recorded whole', async (t) => {
  const stack = await Stack.start();
  t.after(() => stack.stop());
  const { address } = stack.redis;
  assert(address.kind === 'private');
  const scheduler = stack.startScheduler([], { NATSWEEP_LOG_LEVEL: 'error' });
  const worker = stack.startWorker(['--slots', '2']);
  const connection = { path: address.socket, password: address.password };
  const queue = new Queue('batches', { connection, prefix: 'natsweep:bull' });
  t.after(() => queue.close());

  await stack.submit('name: honest\nexperiment: diagnostic\naxes: { point: { range: { from: 1, to: 400 } } }\n');
  const redis = stack.connection;
  for (const [i, text] of [...nonsense, foreign].entries()) {
    await redis.xadd('natsweep:observations', '*', 'r', text);
    await redis.xadd('natsweep:observations', '*', 's', shared, 'r', text);
    await redis.xadd('natsweep:observations', '*', 's', text, 'r', foreign);
    await redis.rpush('natsweep:commands', text);
    await redis.rpush('natsweep:commands:taken', text);
    await redis.hset('natsweep:summaries', `nonsense-${i}`, text);
    await redis.publish('natsweep:cancelled', text);
    await redis.set(`natsweep:worker:nonsense-${i}`, text, 'PX', 60_000);
    await redis.sadd('natsweep:workers', `nonsense-${i}`);
    await queue.add('batch', parsed(text), { jobId: `nonsense-${i}`, attempts: 3 });
  }
  const { observed } = await stack.until('honest', ({ state }) => state === 'completed');
  assert.equal(observed, 400);

  await t.test('what was no batch is gone from the queue, what was no command from the list', async () => {
    while ((await queue.getJobCountByTypes('wait', 'active', 'delayed', 'failed')) > 0);
    while ((await redis.llen('natsweep:commands')) + (await redis.llen('natsweep:commands:taken')) > 0);
  });
  await t.test('readers pass over it', async () => {
    assert.deepEqual(
      (await readSummaries(redis)).map(({ name }) => name),
      ['honest'],
    );
    assert.deepEqual(
      (await readWorkers(redis)).map(({ pid }) => pid),
      [worker.process.pid],
    );
  });
  await t.test('a command that is one, with a spec that is none, is refused with its place', async () => {
    const command = { kind: 'submit', commandId: 'c7', spec: '{"name":"x","axes":3}' } as const;
    const reply = await sendCommand(redis, command, { timeoutMs: 60_000 });
    assert.equal(reply.ok, false);
    assert.match(reply.message, /no sweep spec: \w+: /);
  });
  const results = await openResults(stack.databaseUrl);
  assert.deepEqual(
    (await results.listSweeps()).map(({ name }) => name),
    ['honest'],
  );
  await results.close();
  for (const { process: child } of [scheduler, worker]) assert.equal(child.exitCode ?? child.signalCode, null);
  const log = readFileSync(join(stack.home, 'scheduler.log'), 'utf8');
  assert.match(log, /a report is not readable/);
});

/** As BullMQ takes it: what is no JSON travels as a text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
