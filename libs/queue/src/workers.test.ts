import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keys } from './keys.ts';
import type { WorkerStatus } from './messages.ts';
import { temporaryRedis } from './testing.ts';
import {
  expireStrandedWorkers,
  heartbeat,
  lostWorkerMemoryMs,
  readFleet,
  readWorkers,
  signOff,
  workerExpiryMs,
} from './workers.ts';

function status(worker: string, heartbeatAtMs = Date.now()): WorkerStatus {
  return {
    ...{ worker, host: 'here', pid: 1, version: '0', startedAtMs: 0, heartbeatAtMs },
    ...{ metricsAddress: null, slots: [] },
  };
}

test('the fleet is who has a fresh heartbeat, by name, with its age and the offset of its clock', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await heartbeat(redis, status('b'));
  await heartbeat(redis, status('a', Date.now() + 3_600_000));
  await redis.pexpire(keys.worker('b'), workerExpiryMs - 10_000);
  const { workers, lost } = await readFleet(redis);
  assert.deepEqual(lost, []);
  assert.deepEqual(
    workers.map((entry) => entry.status.worker),
    ['a', 'b'],
  );
  const [a, b] = workers;
  assert.ok(a !== undefined && Math.abs(a.clockSkewMs - 3_600_000) < 5000, `skew ${a?.clockSkewMs}`);
  assert.ok(b !== undefined && b.heartbeatAgeMs >= 10_000 && b.heartbeatAgeMs < workerExpiryMs);
});

test('a worker that signs off is gone, one that vanishes is lost until it is back or forgotten', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  for (const worker of ['ends', 'vanishes', 'returns']) await heartbeat(redis, status(worker));
  await signOff(redis, 'ends');
  await redis.del(keys.worker('vanishes'), keys.worker('returns'));
  assert.deepEqual((await readFleet(redis)).lost, ['returns', 'vanishes']);
  await heartbeat(redis, status('returns'));
  assert.deepEqual((await readFleet(redis)).lost, ['vanishes']);
  assert.deepEqual(
    (await readWorkers(redis)).map((worker) => worker.worker),
    ['returns'],
  );
  await redis.zincrby(keys.lostWorkers, -lostWorkerMemoryMs - 1, 'vanishes');
  assert.deepEqual((await readFleet(redis)).lost, []);
});

test('a worker that has died leaves soon, although the clock of Redis was set back by hours; the others stay', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  for (const worker of ['dead', 'lives']) await heartbeat(redis, status(worker));
  await redis.pexpire(keys.worker('dead'), 3 * 3_600_000);
  await redis.pexpire(keys.worker('lives'), workerExpiryMs - 1000);
  await expireStrandedWorkers(redis);
  assert((await redis.pttl(keys.worker('dead'))) <= workerExpiryMs / 3);
  assert((await redis.pttl(keys.worker('lives'))) > workerExpiryMs / 2);
});
