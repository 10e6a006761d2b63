import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

import { missing, run } from '../infrastructure/tools.ts';
import { cleaningUp, eventually, freePort, TestProcess } from '../infrastructure/processes.ts';

const root = resolve(import.meta.dirname, '../..');
const infra = resolve(root, 'infra/redis');

test('a sweep runs over TLS with the users of users.acl, who may do no more than they need', async (t) => {
  for (const [program, debianPackage] of [
    ['redis-server', 'redis-server'],
    ['openssl', 'openssl'],
  ] as const) {
    const reason = missing(program, debianPackage);
    if (reason !== undefined) return t.skip(reason);
  }
  const defer = cleaningUp(t);
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-tls-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const made = run(join(infra, 'make-certificates.sh'), [join(folder, 'tls'), '127.0.0.1']);
  assert.equal(made.status, 0, made.output);
  const acl = readFileSync(join(infra, 'users.acl'), 'utf8');
  writeFileSync(
    join(folder, 'users.acl'),
    acl.replace('>CHANGE-ME-TOO', '>sesame-2').replace('>CHANGE-ME', '>sesame-1'),
  );

  const port = String(await freePort());
  const tls = (file: string) => join(folder, 'tls', file);
  const flags = {
    ...{ 'tls-port': port, bind: '127.0.0.1', dir: folder, aclfile: join(folder, 'users.acl') },
    ...{ 'tls-cert-file': tls('redis.crt'), 'tls-key-file': tls('redis.key'), 'tls-ca-cert-file': tls('ca.crt') },
  };
  const overrides = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const server = new TestProcess(defer, ['redis-server', 'redis-tls.conf', ...overrides], { cwd: infra });
  await server.until(/Ready to accept connections/);

  const envOf = (user: string, scheme = 'rediss') => ({
    REDIS_URL: `${scheme}://${user}@127.0.0.1:${port}`,
    NODE_EXTRA_CA_CERTS: tls('ca.crt'),
    NATSWEEP_HOME: folder,
    NATSWEEP_LOG_LEVEL: 'info',
  });
  const app = (name: string, user: string, ...args: string[]) =>
    new TestProcess(defer, [process.execPath, resolve(root, `apps/${name}/src/main.ts`), ...args], {
      env: envOf(user),
    });
  app('scheduler', 'natsweep:sesame-1');
  const worker = app('worker', 'natsweep:sesame-1', '--slots', '1', '--engine', 'reference');
  const exporter = app('exporter', 'observer:sesame-2', '--listen', '127.0.0.1:0');
  const [, metricsPort] = await exporter.until(/"port":(\d+)/);
  await worker.until(/taking batches/);

  writeFileSync(join(folder, 'sweep.yaml'), 'name: tls\nexperiment: diagnostic\naxes: { point: [0, 1, 2, 3, 4] }\n');
  const natsweep = (env: NodeJS.ProcessEnv, ...args: string[]) =>
    run(process.execPath, [resolve(root, 'apps/cli/bin/natsweep.mjs'), ...args], { cwd: folder, env });
  const launched = natsweep(envOf('natsweep:sesame-1'), 'launch', 'sweep.yaml');
  assert.equal(launched.status, 0, launched.output);
  await eventually(
    async () => {
      const metrics = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text();
      return metrics.includes('natsweep_sweep_recorded_trials{sweep="tls"} 5') ? true : undefined;
    },
    () => `${exporter.output}${worker.output}`,
  );

  await t.test('who only watches cannot launch, a wrong password and a connection without TLS are refused', () => {
    for (const env of [envOf('observer:sesame-2'), envOf('natsweep:sesame-3'), envOf('natsweep:sesame-1', 'redis')]) {
      const { status, output } = natsweep(env, 'launch', 'sweep.yaml');
      assert.notEqual(status, 0, env.REDIS_URL);
      assert.doesNotMatch(output, /sesame|fault of natsweep/);
    }
  });

  await t.test('without the authority its certificate is not trusted', () => {
    const { status, output } = natsweep({ ...envOf('natsweep:sesame-1'), NODE_EXTRA_CA_CERTS: '' }, 'status');
    assert.notEqual(status, 0, output);
  });

  await t.test('no user may change the settings of Redis or read what is not natsweep’s', () => {
    const cli = (user: string, ...command: string[]) =>
      run('redis-cli', [
        '-u',
        `rediss://${user}@127.0.0.1:${port}`,
        '--no-auth-warning',
        '--cacert',
        tls('ca.crt'),
        ...command,
      ]).output;
    for (const user of ['natsweep:sesame-1', 'observer:sesame-2']) {
      assert.match(cli(user, 'CONFIG', 'GET', '*'), /NOPERM/);
      assert.match(cli(user, 'FLUSHALL'), /NOPERM/);
      assert.match(cli(user, 'GET', 'elsewhere'), /NOPERM/);
    }
    assert.match(cli('observer:sesame-2', 'SET', 'natsweep:x', '1'), /NOPERM/);
  });
});
