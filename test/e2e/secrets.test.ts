import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { findPostgres, startPrivatePostgres } from '@natsweep/results/testing';
import { cleaningUp, eventually, freePort, TestProcess } from '../infrastructure/processes.ts';
import { missing, run } from '../infrastructure/tools.ts';
import { Home } from './home.ts';

/** Every password and token of this test contains it. */
const secret = 'sesame';

const sweep = `
name: s
experiment: diagnostic
axes: { point: [1, 2, 3], behaviour: [finish, throw, crash] }
limits: { maxAttempts: 2 }
`;

test('passwords and tokens stay out of logs, messages, process lists, trial processes, Redis and exported files', async (t) => {
  for (const program of ['redis-server', 'ss'] as const) {
    const reason = missing(program, program === 'ss' ? 'iproute2' : program);
    if (reason !== undefined) return t.skip(reason);
  }
  const defer = cleaningUp(t);
  const home = new Home(t);
  const [redisPort, metricsPort] = [await freePort(), await freePort()];
  const configuration = `port ${redisPort}\nbind 127.0.0.1\nrequirepass ${secret}-redis\nappendonly yes\ndir "${home.folder}"\n`;
  writeFileSync(home.path('redis.conf'), configuration);
  const redis = new TestProcess(defer, ['redis-server', home.path('redis.conf')]);
  await redis.until(/Ready to accept connections/);
  const binaries = findPostgres();
  if (binaries === undefined) t.diagnostic('without PostgreSQL: it is not installed');
  const postgres = binaries === undefined ? undefined : await startPrivatePostgres(binaries);
  if (postgres !== undefined) defer(() => postgres.stop());
  const env = {
    REDIS_URL: `redis://:${secret}-redis@127.0.0.1:${redisPort}`,
    NATSWEEP_DATABASE_URL: postgres?.url.replace('natsweep@', `natsweep:${secret}-postgres@`) ?? '',
    NATSWEEP_EXPORTER_TOKEN: `${secret}-token`,
    NATSWEEP_WORKER_METRICS_TOKEN: `${secret}-worker-token`,
    NATSWEEP_LOG_LEVEL: 'debug',
  };
  const said: string[] = [];
  const natsweep = async (args: readonly string[], extra: NodeJS.ProcessEnv = {}) => {
    const finished = await home.natsweepWith({ ...env, ...extra }, ...args);
    said.push(finished.stdout, finished.stderr);
    return finished;
  };
  const up = await natsweep(['up', '--detach', '--slots', '1', '--metrics', `127.0.0.1:${metricsPort}`]);
  assert.equal(up.code, 0, up.stderr);
  const launched = await natsweep(['launch', home.write('s.yaml', sweep), '--watch']);
  assert.equal(launched.code, 1, launched.stderr);
  // keeps a trial process at work
  const lasting = 'name: lasting\nexperiment: diagnostic\naxes: { point: [1] }\nfixed: { durationMs: 600000 }\n';
  assert.equal((await natsweep(['launch', home.write('lasting.yaml', lasting)])).code, 0);

  const members = Object.values(home.stack());
  const family = [...members, ...members.flatMap(childrenOf)];
  await t.test('process lists', () => {
    for (const pid of family) assert.doesNotMatch(readFileSync(`/proc/${pid}/cmdline`, 'utf8'), new RegExp(secret));
  });
  await t.test('trial processes do not even inherit them', async () => {
    const worker = home.stack()['worker'] as number;
    const trialProcesses = await eventually(
      async () => (childrenOf(worker).length > 0 ? childrenOf(worker) : undefined),
      () => 'no trial process',
    );
    for (const pid of trialProcesses) {
      assert.doesNotMatch(readFileSync(`/proc/${pid}/environ`, 'utf8'), new RegExp(secret));
    }
  });
  await t.test('what listens, listens on loopback only', () => {
    const listening = run('ss', ['-ltnpH']).stdout.split('\n');
    const own = listening.filter((line) => family.some((pid) => line.includes(`pid=${pid},`)));
    assert.ok(own.length > 0, listening.join('\n'));
    for (const line of own) assert.match(line.split(/\s+/)[3] ?? '', /^(127\.|\[::1\])/, line);
  });
  await t.test('metrics are for those who have the token', async () => {
    const metrics = `http://127.0.0.1:${metricsPort}/metrics`;
    const ask = (authorization: string) => fetch(metrics, { headers: { authorization } });
    for (const wrong of ['', 'Bearer', `Bearer ${secret}`, `Basic ${secret}-token`]) {
      assert.equal((await ask(wrong)).status, 401, wrong);
    }
    const right = await ask(`Bearer ${secret}-token`);
    assert.equal(right.status, 200);
    said.push(await right.text());
    const [worker] = (await (
      await fetch(metrics.replace('/metrics', '/sd/workers'), { headers: { authorization: `Bearer ${secret}-token` } })
    ).json()) as { targets: string[] }[];
    const askWorker = (token: string) =>
      fetch(`http://${worker?.targets[0]}/metrics`, { headers: { authorization: `Bearer ${token}` } });
    for (const wrong of ['', `${secret}-token`]) assert.equal((await askWorker(wrong)).status, 401, wrong);
    const own = await askWorker(`${secret}-worker-token`);
    assert.equal(own.status, 200);
    said.push(await own.text());
  });
  await t.test('a password that is changed under the running processes', async () => {
    const cli = (password: string, ...command: string[]) =>
      run('redis-cli', ['-p', String(redisPort), '--no-auth-warning', ...command], {
        env: { REDISCLI_AUTH: password },
      });
    assert.match(cli(`${secret}-redis`, 'CONFIG', 'SET', 'requirepass', 'another').output, /OK/);
    cli('another', 'CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    cli('another', 'CLIENT', 'KILL', 'TYPE', 'pubsub');
    const { code, stderr } = await natsweep(['status']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /refuses the login/);
    const log = home.path('.natsweep', 'logs', 'worker.log');
    await eventually(
      async () => (/lost Redis/.test(readFileSync(log, 'utf8')) ? true : undefined),
      () => readFileSync(log, 'utf8'),
    );
    assert.match(cli('another', 'CONFIG', 'SET', 'requirepass', `${secret}-redis`).output, /OK/);
    await eventually(
      async () => ((await natsweep(['status', 's'])).code === 0 ? true : undefined),
      () => said.at(-1)!,
    );
  });
  await t.test('wrong passwords and servers that do not answer', async () => {
    for (const wrong of [
      { REDIS_URL: `redis://nobody:${secret}@127.0.0.1:${redisPort}` },
      { REDIS_URL: `rediss://:${secret}@127.0.0.1:${redisPort}` },
      { REDIS_URL: `redis://:${secret}@127.0.0.1:1` },
      { REDIS_URL: `http://:${secret}@127.0.0.1` },
      { NATSWEEP_DATABASE_URL: `postgres://natsweep:${secret}@127.0.0.1:1/natsweep` },
      { NATSWEEP_DATABASE_URL: `mysql://natsweep:${secret}@127.0.0.1/natsweep` },
    ]) {
      const args = 'REDIS_URL' in wrong ? ['status'] : ['results', 's'];
      const { code, stderr } = await natsweep(args, wrong);
      assert.notEqual(code, 0, JSON.stringify(wrong));
      assert.doesNotMatch(stderr, /fault of natsweep/);
    }
    said.push((await natsweep(['doctor'])).stdout);
  });
  await t.test('exported files, logs, what Redis holds, and everything that was said', async () => {
    writeFileSync(home.path('s.csv'), (await natsweep(['results', 's', '--csv'])).stdout);
    writeFileSync(home.path('s.jsonl'), (await natsweep(['results', 's', '--failed', '--jsonl'])).stdout);
    assert.equal((await natsweep(['report', 's'])).code, 0);
    assert.equal((await natsweep(['cancel', 'lasting'])).code, 0);
    assert.equal((await natsweep(['down'])).code, 0);
    const files = readdirSync(home.folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    const paths = files.map(({ parentPath, name }) => join(parentPath, name));
    for (const part of [/worker\.log$/, /scheduler\.log$/, /exporter\.log$/, /\.html$/, /\.csv$/, /\.aof$/]) {
      assert.ok(
        paths.some((path) => part.test(path)),
        `no ${part}: ${paths.join(' ')}`,
      );
    }
    for (const path of paths) {
      if (!path.endsWith('redis.conf')) assert.ok(!readFileSync(path).includes(secret), `${path} holds a secret`);
    }
    assert.ok(
      !said.join('\n').includes(secret),
      said.find((text) => text.includes(secret)),
    );
  });
});

function childrenOf(pid: number): readonly number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return children === '' ? [] : children.split(' ').map(Number);
}
