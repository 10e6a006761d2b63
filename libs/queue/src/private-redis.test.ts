import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { resolveRedis } from './address.ts';
import { connect } from './connection.ts';
import { startPrivateRedis, stopPrivateRedis } from './private-redis.ts';

function temporaryHome(t: { after(cleanUp: () => Promise<void>): void }): string {
  const home = mkdtempSync(join(tmpdir(), 'natsweep-redis-'));
  t.after(async () => {
    await stopPrivateRedis(join(home, 'redis'));
    rmSync(home, { recursive: true });
  });
  return home;
}

test('a private Redis has no TCP port, wants its password, keeps an append-only file and evicts nothing', async (t) => {
  const home = temporaryHome(t);
  const { address } = await startPrivateRedis(join(home, 'redis'));
  assert(address.kind === 'private');
  const redis = await connect(address);
  for (const [name, value] of [
    ['port', '0'],
    ['appendonly', 'yes'],
    ['maxmemory-policy', 'noeviction'],
  ] as const) {
    assert.deepEqual(await redis.config('GET', name), [name, value]);
  }
  for (const file of ['redis.conf', 'address.json']) {
    assert.equal(statSync(join(home, 'redis', file)).mode & 0o777, 0o600, file);
  }
  redis.disconnect();
  await assert.rejects(connect({ ...address, password: 'wrong' }), {
    name: 'RedisUnavailableError',
    message: /refuses the login/,
  });
});

test('killed without warning, it comes back at the same address with its data', async (t) => {
  const home = temporaryHome(t);
  const first = await startPrivateRedis(join(home, 'redis'));
  const redis = await connect(first.address, { onOutage: 'wait' });
  await redis.set('kept', 'yes');
  const lost = new Promise((resolve) => redis.once('close', resolve));
  process.kill(first.pid, 'SIGKILL');
  await lost;
  const second = await startPrivateRedis(join(home, 'redis'));
  assert.deepEqual(second.address, first.address);
  assert.equal(await redis.get('kept'), 'yes');
  redis.disconnect();
});

test('a second start adopts the running server, and stop ends it for both', async (t) => {
  const home = temporaryHome(t);
  const first = await startPrivateRedis(join(home, 'redis'));
  const second = await startPrivateRedis(join(home, 'redis'));
  assert.equal(second.pid, first.pid);
  await second.stop();
  assert.throws(() => process.kill(first.pid, 0), { code: 'ESRCH' });
  await first.stop();
  await assert.rejects(connect(first.address), { message: /^Cannot reach the private Redis .*natsweep up/ });
});

test('a directory too deep for a socket path gets its socket elsewhere', async (t) => {
  const home = temporaryHome(t);
  const deep = join(home, 'd'.repeat(100));
  mkdirSync(deep);
  const server = await startPrivateRedis(deep);
  t.after(() => server.stop());
  assert(server.address.kind === 'private');
  assert(server.address.socket.length <= 100);
  assert.equal(statSync(join(server.address.socket, '..')).mode & 0o777, 0o700);
});

test('a missing redis-server is one sentence that says what to install', async (t) => {
  const home = temporaryHome(t);
  const path = process.env['PATH'];
  process.env['PATH'] = home;
  t.after(() => {
    process.env['PATH'] = path;
  });
  await assert.rejects(startPrivateRedis(join(home, 'redis')), { message: /apt-get install redis-server/ });
});

test('a server that cannot start says why', async (t) => {
  const home = temporaryHome(t);
  const directory = join(home, 'redis');
  mkdirSync(join(directory, 'appendonlydir'), { recursive: true });
  writeFileSync(join(directory, 'appendonlydir', 'appendonly.aof.manifest'), 'broken');
  await assert.rejects(startPrivateRedis(directory), { message: /ended as it started .*redis\.log/ });
});

test('addresses resolve from REDIS_URL, then from the home directory, and never show a secret', async (t) => {
  const home = temporaryHome(t);
  assert.throws(() => resolveRedis({ home, env: {} }), { message: /natsweep up/ });
  assert.throws(() => resolveRedis({ home, env: { REDIS_URL: 'localhost' } }), { message: /REDIS_URL is not/ });
  const shared = resolveRedis({ home, env: { REDIS_URL: 'rediss://me:secret@[::1]:7000/2' } });
  assert.equal(shared.description, 'Redis at [::1]:7000');
  const { address } = await startPrivateRedis(join(home, 'redis'));
  assert.deepEqual(resolveRedis({ home, env: {} }), address);
});
