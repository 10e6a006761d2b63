import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { temporaryRedis } from '@natsweep/queue/testing';
import { findPostgres, giveToServer, startPrivatePostgres } from '@natsweep/results/testing';
import { cleaningUp, freePort, TestProcess } from '../infrastructure/processes.ts';
import { missing, run } from '../infrastructure/tools.ts';
import { Home } from './home.ts';

const root = resolve(import.meta.dirname, '../..');
const makeCertificates = join(root, 'infra/redis/make-certificates.sh');
/** The password of the database contains it, and so do the wrong ones. */
const secret = 'sesame';

test('PostgreSQL with passwords over TLS only: a sweep is recorded there, and whoever may not says why in one sentence', async (t) => {
  const binaries = findPostgres();
  if (binaries === undefined) return t.skip('PostgreSQL is not installed: apt-get install postgresql');
  const reason = missing('openssl', 'openssl');
  if (reason !== undefined) return t.skip(reason);
  const defer = cleaningUp(t);
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-tls-'));
  defer(() => rmSync(folder, { recursive: true }));
  for (const authority of ['tls', 'other'])
    assert.equal(run(makeCertificates, [join(folder, authority), '127.0.0.1']).status, 0);
  const hostRules = join(folder, 'pg_hba.conf');
  writeFileSync(hostRules, 'local all all trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n');
  const files = { ssl_cert_file: join(folder, 'tls/redis.crt'), ssl_key_file: join(folder, 'tls/redis.key') };
  giveToServer(folder, [join(folder, 'tls'), hostRules, ...Object.values(files)]);
  const port = String(await freePort());
  const tls = { ...files, ssl: 'on', hba_file: hostRules, listen_addresses: '127.0.0.1', port };
  const server = await startPrivatePostgres(binaries, tls);
  defer(() => server.stop());
  const ask = async (statement: string) =>
    (await promisify(execFile)(join(binaries, 'psql'), [server.url, '-Atc', statement])).stdout.trim();
  await ask(`alter role natsweep password '${secret}'`);

  const url = ({ password = secret, database = 'natsweep', authority = 'tls', sslmode = 'verify-full' }) =>
    `postgres://natsweep:${password}@127.0.0.1:${port}/${database}?sslmode=${sslmode}` +
    (sslmode === 'disable' ? '' : `&sslrootcert=${join(folder, authority, 'ca.crt')}`);
  const home = new Home(t);
  const natsweep = (databaseUrl: string, ...args: string[]) =>
    home.natsweepWith({ NATSWEEP_DATABASE_URL: databaseUrl }, ...args);
  const up = await natsweep(url({}), 'up', '--detach', '--slots', '1', '--no-metrics');
  assert.equal(up.code, 0, up.stderr);
  const sweep = home.write('s.yaml', 'name: s\nexperiment: diagnostic\naxes: { point: [1, 2, 3] }\n');
  const launched = await natsweep(url({}), 'launch', sweep, '--watch');
  assert.equal(launched.code, 0, launched.stderr);
  const verified = await natsweep(url({}), 'verify', 's');
  assert.equal(verified.code, 0, verified.stdout);
  const inClear = `select count(*) from pg_stat_activity join pg_stat_ssl using (pid)
    where application_name = 'natsweep' and client_addr is not null and not ssl`;
  assert.equal(await ask(inClear), '0');
  assert.equal((await home.natsweep('down')).code, 0);

  const redis = await temporaryRedis({ after: defer });
  const refusals = [
    ['a wrong password', url({ password: `${secret}-2` }), /refused access .*check user, password and rights/],
    ['another authority', url({ authority: 'other' }), /did not agree on TLS .*set sslmode and sslrootcert/],
    ['no TLS', url({ sslmode: 'disable' }), /refused access .*no encryption/],
    ['no such database', url({ database: 'missing' }), /has no such database: create it with "createdb"/],
    ['a server that is not there', url({}).replace(`:${port}/`, ':1/'), /does not answer .*check that it runs/],
  ] as const;
  const main = join(root, 'apps/scheduler/src/main.ts');
  const refused = refusals.map(([what, databaseUrl, sentence]) => {
    const env = { NATSWEEP_HOME: redis.home, NATSWEEP_DATABASE_URL: databaseUrl, REDIS_URL: '' };
    return { what, sentence, scheduler: new TestProcess(defer, [process.execPath, main], { env }) };
  });
  for (const { what, sentence, scheduler } of refused)
    await t.test(what, async () => {
      assert.equal(await scheduler.end(), 1);
      isOneSentence(scheduler.output, sentence);
    });
  const reading = await natsweep(refusals[0][1], 'results', 's');
  assert.equal(reading.code, 3);
  isOneSentence(reading.stderr, refusals[0][2]);
});

function isOneSentence(said: string, pattern: RegExp): void {
  assert.match(said, pattern);
  assert.equal(said.trimEnd().split('\n').length, 1, said);
  assert.ok(!said.includes(secret), said);
}
