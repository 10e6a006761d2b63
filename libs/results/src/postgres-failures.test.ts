import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { Kysely, sql } from 'kysely';
import pg from 'pg';
import { openResults } from './open-results.ts';
import { postgres } from './postgres-dialect.ts';
import { ResultsError } from './results-error.ts';
import type { ResultsErrorCode } from './results-error.ts';
import { findPostgres, startPrivatePostgres } from './testing/private-postgres.ts';
import { syntheticRecords, syntheticSweep } from './testing/synthetic.ts';

const secret = 'hunter2';

const refusal = (code: ResultsErrorCode, place: RegExp) => (error: unknown) => {
  assert.ok(error instanceof ResultsError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, place);
  assert.doesNotMatch(error.message, new RegExp(secret));
  return true;
};

test('no server answers', async () => {
  const url = `postgres://natsweep:${secret}@127.0.0.1:1/results`;
  await assert.rejects(openResults(url), refusal('unreachable', /PostgreSQL at 127.0.0.1:1\/results does not answer/));
});

const binaries = findPostgres();
describe('PostgreSQL in trouble', { skip: binaries ? false : 'PostgreSQL is not installed' }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-tls-'));
  after(() => rmSync(folder, { recursive: true }));

  test('a database that does not exist, a server that takes no writes', async (t) => {
    const server = await startPrivatePostgres(binaries!);
    t.after(() => server.stop());
    const missing = server.url.replace(/natsweep$/, 'missing');
    await assert.rejects(openResults(missing), refusal('not-found', /has no such database/));

    const store = await openResults(server.url);
    await store.createSweep(syntheticSweep('damping', 2));
    const standby = await openResults(`${server.url}?options=-c%20default_transaction_read_only%3Don`);
    await assert.rejects(standby.record(syntheticRecords('damping', 1)), refusal('read-only', /takes no writes/));
    await standby.close();
    await store.close();
  });

  test('a user without the right to write reads, and one without any right is told', async (t) => {
    const server = await startPrivatePostgres(binaries!);
    t.after(() => server.stop());
    const owner = await openResults(server.url);
    await owner.createSweep(syntheticSweep('damping', 60));
    await owner.record(syntheticRecords('damping', 60));
    await owner.close();
    const admin = new pg.Client(server.url);
    await admin.connect();
    await admin.query('create role reader login in role pg_read_all_data; create role stranger login');
    await admin.end();
    const as = (user: string) => server.url.replace('natsweep@', `${user}@`);
    const reader = await openResults(as('reader'), { readOnly: true });
    assert.equal((await reader.rows('damping', { orderBy: 'metrics.trainLossFinal' })).length, 60);
    const pairs = await reader.pairs('damping', { parameter: 'depth', baseline: 3, metric: 'trainLossFinal' });
    assert.ok(Array.isArray(pairs));
    assert.equal((await reader.counts('damping')).observed, 59);
    await reader.close();
    const stranger = openResults(as('stranger'), { readOnly: true });
    await assert.rejects(stranger, refusal('denied', /refused access \(permission denied for table/));
  });

  test('commits wait for the disk, also where the server does not by itself', async (t) => {
    const server = await startPrivatePostgres(binaries!, { synchronous_commit: 'off' });
    t.after(() => server.stop());
    const { dialect } = postgres({ url: server.url, lockTimeoutMs: 1000, readOnly: false });
    const db = new Kysely({ dialect });
    const { rows } = await sql`show synchronous_commit`.execute(db);
    assert.deepEqual(rows, [{ synchronous_commit: 'on' }]);
    await db.destroy();
  });

  test('TLS: the right certificate is accepted, another is refused', async (t) => {
    if (!makeCertificate(folder)) return t.skip('openssl is not installed');
    const port = await freePort();
    const server = await startPrivatePostgres(binaries!, {
      listen_addresses: '127.0.0.1',
      port: String(port),
      ssl: 'on',
      ssl_cert_file: join(folder, 'server.crt'),
      ssl_key_file: join(folder, 'server.key'),
    });
    t.after(() => server.stop());
    const url = `postgres://natsweep@localhost:${port}/natsweep`;
    const verified = (certificate: string) => `${url}?sslmode=verify-full&sslrootcert=${join(folder, certificate)}`;
    const store = await openResults(verified('server.crt'));
    assert.deepEqual(await store.listSweeps(), []);
    await store.close();
    await assert.rejects(openResults(verified('other.crt')), refusal('denied', /did not agree on TLS/));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Two self-signed certificates for localhost, readable for the server's user. */
function makeCertificate(folder: string): boolean {
  const nobody = Number(execFileSync('id', ['-u', 'nobody'], { encoding: 'utf8' }));
  try {
    for (const name of ['server', 'other']) {
      const files = ['-keyout', join(folder, `${name}.key`), '-out', join(folder, `${name}.crt`)];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', ...subject, ...files], {
        stdio: 'ignore',
      });
    }
  } catch {
    return false;
  }
  if (process.getuid?.() === 0)
    for (const file of ['', 'server.key', 'server.crt']) chownSync(join(folder, file), nobody, nobody);
  return true;
}
