import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { keys } from './keys.ts';
import { Lease, longestLeaseMs } from './lease.ts';
import { temporaryRedis } from './testing.ts';

const elsewhere = (pid: number) => JSON.stringify({ id: 'other', host: 'elsewhere', pid });

test('a lease that is held elsewhere is not given out before it expires or is released', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await redis.set(keys.lease, elsewhere(process.pid));
  const lease = new Lease(redis);
  assert.equal(await lease.acquire(), false);
  assert.equal(lease.held, false);
  await redis.del(keys.lease);
  assert.equal(await lease.acquire(), true);
  assert.equal(lease.held, true);
});

test('renewal pushes the expiry back, release frees the lease, and only its own', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  const lease = new Lease(redis, 60_000);
  await lease.acquire();
  await redis.pexpire(keys.lease, 10_000);
  assert.equal(await lease.acquire(), true);
  assert((await redis.pttl(keys.lease)) > 10_000);
  await lease.release();
  assert.deepEqual([lease.held, await redis.exists(keys.lease)], [false, 0]);
  await redis.set(keys.lease, elsewhere(1));
  await lease.release();
  assert.equal(await redis.exists(keys.lease), 1);
});

test('a holder that was overtaken notices when it renews', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  const lease = new Lease(redis);
  await lease.acquire();
  await redis.set(keys.lease, elsewhere(1));
  assert.equal(await lease.acquire(), false);
  assert.equal(lease.held, false);
});

test('the lease of a process of this host that is dead is taken over at once', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  const { pid } = spawnSync(process.execPath, ['--version']);
  await redis.set(keys.lease, JSON.stringify({ id: 'dead', host: hostname(), pid }));
  assert.equal(await new Lease(redis).acquire(), true);
});

test('a lease of hours, left behind by a clock of Redis that was set back, ends soon', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await redis.set(keys.lease, elsewhere(1), 'PX', 3 * 3_600_000);
  assert.equal(await new Lease(redis).acquire(), false);
  assert((await redis.pttl(keys.lease)) <= longestLeaseMs / 3);
});

test('what is no lease keeps nobody out for longer than a lease', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  await redis.set(keys.lease, '{"pid":', 'PX', 50);
  const lease = new Lease(redis);
  while (!(await lease.acquire()));
});
