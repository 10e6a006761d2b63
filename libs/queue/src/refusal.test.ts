import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Batch, Trial } from '@natsweep/sweep';
import { BatchQueue } from './batch-queue.ts';
import { BatchWorker } from './batch-worker.ts';
import { explainRefusal, isRefusal } from './refusal.ts';
import { readStall, tellStall } from './stall.ts';
import { temporaryRedis } from './testing.ts';

const explained = (message: string) => {
  const error = new Error(message);
  explainRefusal(error);
  return isRefusal(error) ? error.message : undefined;
};

test('answers of a Redis that takes no writes are said in one sentence, others are left as they are', () => {
  const disk = 'Redis cannot write to its disk (No space left on device): free space there.';
  assert.equal(explained('MISCONF Errors writing to the AOF file: No space left on device'), disk);
  const inScript =
    'MISCONF Errors writing to the AOF file: No space left on device script: d96ca6, on @user_script:217.';
  assert.equal(explained(inScript), disk);
  const snapshots = "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.";
  assert.match(explained(snapshots) ?? '', /its log says why/);
  assert.equal(explained('WRONGTYPE Operation against a key holding the wrong kind of value'), undefined);
});

test('a Redis without room is told of as long as it has none, whatever the scheduler has told', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await tellStall(redis, { message: 'The disk of the database is full.', sinceMs: 1 });
  await redis.config('SET', 'maxmemory', '1');
  const stall = await readStall(redis);
  assert.equal(stall?.message, 'The memory of Redis is full: raise its "maxmemory".');
  await redis.config('SET', 'maxmemory', '0');
  assert.deepEqual(await readStall(redis), { message: 'The disk of the database is full.', sinceMs: 1 });
});

test('a Redis that takes no writes for want of a snapshot or of replicas is told of, too', async (t) => {
  const temporary = await temporaryRedis(t);
  const redis = await temporary.connect();
  assert.equal(await readStall(redis), undefined);
  await redis.config('SET', 'min-replicas-to-write', '1');
  assert.match((await readStall(redis))?.message ?? '', /too few of its replicas/);
  await redis.config('SET', 'min-replicas-to-write', '0');
  await redis.config('SET', 'save', '3600 1');
  mkdirSync(join(temporary.home, 'redis/dump.rdb/in-its-place'), { recursive: true });
  await redis.bgsave();
  while (!/rdb_last_bgsave_status:err/.test(await redis.info('persistence')));
  assert.match((await readStall(redis))?.message ?? '', /cannot write to its disk/);
  await redis.config('SET', 'save', '');
  assert.equal(await readStall(redis), undefined);
});

test('who may only look is told what the scheduler has told', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await tellStall(redis, { message: 'The disk of the database is full.', sinceMs: 1 });
  await redis.acl('SETUSER', 'observer', 'on', 'nopass', '~*', '+@read', '+@connection');
  await redis.auth('observer', '');
  assert.equal((await readStall(redis))?.message, 'The disk of the database is full.');
});

const trial: Trial = { trialId: 't', index: 0, experiment: 'diagnostic', experimentVersion: 1, params: {}, seed: 0 };

test('a batch that is done while Redis takes no writes leaves the queue when it does, and was run once', async (t) => {
  const redis = await temporaryRedis(t);
  const server = await redis.connect();
  const queue = await BatchQueue.open(redis.address);
  const errors: string[] = [];
  let runs = 0;
  const refused = async () => /errorstat_NOREPLICAS/.test(await server.info('errorstats'));
  const worker = new BatchWorker(await redis.connect({ onOutage: 'wait' }), {
    slot: 's',
    run: async () => {
      runs += 1;
      await server.config('SET', 'min-replicas-to-write', '1');
      return { kind: 'finished' };
    },
    onError: ({ message }) => errors.push(message),
  });
  t.after(() => queue.close());
  const batch: Batch = { sweep: 's', trials: [trial], trialTimeoutSeconds: 60, maxAttempts: 1 };
  await queue.add([batch]);
  void worker.run();
  while (!(await refused())) await server.ping();
  await server.config('SET', 'min-replicas-to-write', '0');
  while ((await queue.ids()).size > 0) await server.ping();
  assert.deepEqual([runs, errors, await queue.failed()], [1, [], []]);
  await worker.close();
});

for (const [limit, none] of [
  ['maxmemory', '1'],
  ['min-replicas-to-write', '1'],
] as const)
  test(`why a trial failed is kept where Redis takes no writes as it does (${limit})`, async (t) => {
    const redis = await temporaryRedis(t);
    const server = await redis.connect();
    const queue = await BatchQueue.open(redis.address);
    t.after(() => queue.close());
    const refusals = async () => /errorstat_(OOM|NOREPLICAS):count=[1-9]/.test(await server.info('errorstats'));
    const attempt = { attempt: 1, worker: 'w', slot: 's', startedAtMs: 1, elapsedSeconds: 1 };
    const failure = { failure: 'crash', message: 'boom', logTail: '', attempt } as const;
    const worker = new BatchWorker(await redis.connect({ onOutage: 'wait' }), {
      slot: 's',
      run: async () => {
        await server.config('SET', limit, none);
        return { kind: 'failed', failures: { t: failure } };
      },
      onError: assert.fail,
    });
    await queue.add([{ sweep: 's', trials: [trial], trialTimeoutSeconds: 60, maxAttempts: 1 }]);
    void worker.run();
    while (!(await refusals())) await server.ping();
    await server.config('SET', limit, '0');
    while ((await queue.failed()).length === 0) await server.ping();
    assert.deepEqual((await queue.failed())[0]?.data.failures, { t: failure });
    await worker.close();
  });
