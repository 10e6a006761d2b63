import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { keys } from './keys.ts';
import { Lease, longestLeaseMs } from './lease.ts';
import { processSpace } from './process-space.ts';
import { temporaryRedis } from './testing.ts';

const elsewhere = (pid: number) => JSON.stringify({ id: 'other', space: 'elsewhere', pid });

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

test('the lease of a process that is seen from here to be dead is taken over at once', async (t) => {
  const redis = await (await temporaryRedis(t)).connect();
  const { pid } = spawnSync(process.execPath, ['--version']);
  await redis.set(keys.lease, JSON.stringify({ id: 'dead', space: processSpace(), pid }));
  assert.equal(await new Lease(redis).acquire(), true);
});

test('a process id of another container says nothing of its process, also under the same host name', async (t) => {
  const temporary = await temporaryRedis(t);
  assert.equal(await new Lease(await temporary.connect()).acquire(), true);
  assert(temporary.address.kind === 'private');
  const contender = fileURLToPath(new URL('./testing/contend-for-lease.ts', import.meta.url));
  const command = [process.execPath, contender, JSON.stringify(temporary.address)];
  const container = ['--pid', '--fork', '--kill-child', '--mount-proc'];
  if (spawnSync('unshare', [...container, 'true']).status !== 0) return t.skip('no pid namespace can be made here');
  const { stdout, stderr } = spawnSync('unshare', [...container, ...command], { encoding: 'utf8' });
  assert.equal(stdout, 'false\n', stderr);
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
