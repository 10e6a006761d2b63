import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

import { connect, readFleet, resolveRedis } from '@natsweep/queue';

import { cleaningUp, eventually, freePort, TestProcess } from './processes.ts';
import { SlurmCluster } from './slurm-cluster.ts';
import { missing, root } from './tools.ts';

test('a SLURM array of workers registers, drains and queues again before its time is up, and signs off when cancelled', async (t) => {
  for (const [program, debianPackage] of [
    ['slurmctld', 'slurmctld'],
    ['slurmd', 'slurmd'],
    ['sbatch', 'slurm-client'],
    ['munged', 'munge'],
    ['redis-server', 'redis-server'],
  ] as const) {
    const reason = missing(program, debianPackage);
    if (reason !== undefined) return t.skip(reason);
  }
  if (process.getuid?.() !== 0) return t.skip('SLURM starts jobs as root only');
  const defer = cleaningUp(t);
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-slurm-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  const port = await freePort();
  const redisFlags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  const server = new TestProcess(defer, ['redis-server', ...redisFlags, '--requirepass', 'sesame']);
  await server.until(/Ready to accept connections/);
  const environment = join(folder, 'env');
  writeFileSync(environment, `REDIS_URL=redis://:sesame@127.0.0.1:${port}\n`, { mode: 0o600 });
  const redis = await connect(resolveRedis({ home: folder, env: { REDIS_URL: `redis://:sesame@127.0.0.1:${port}` } }));
  defer(() => redis.disconnect());
  const workers = async () => (await readFleet(redis)).workers.map(({ status }) => status.worker);

  const cluster = await SlurmCluster.start(defer, folder);
  const log = join(folder, 'job-%a.log');
  const submitted = cluster.command(
    'sbatch',
    ...['--parsable', '--array=0-1', `--output=${log}`, `--chdir=${root}`],
    `--export=PATH,HOME,NATSWEEP_ENV=${environment},NATSWEEP_FOLDER=${root}`,
    'infra/slurm/workers.sbatch',
    ...['--slots', 'cpu:1', '--engine', 'reference', '--drain', '5'],
  );
  const readLogs = () => ['0', '1'].map((task) => readFileSync(log.replace('%a', task), 'utf8')).join('\n');
  const registered = await eventually(
    async () => {
      const names = await workers();
      return names.length === 2 ? names : undefined;
    },
    () => cluster.command('squeue'),
  );
  assert.deepEqual(
    registered.map((name) => name.split('-').at(-1)),
    [`${submitted}_0`, `${submitted}_1`],
  );

  await t.test('the password stands neither in the command line of the job nor in its log', () => {
    assert.doesNotMatch(cluster.command('scontrol', 'show', 'job', submitted), /sesame/);
    assert.doesNotMatch(readLogs(), /sesame/);
  });

  await t.test('the signal before the time limit drains one worker and queues its job again', async () => {
    const job = `${submitted}_0`;
    cluster.command('scancel', '--batch', '--signal=USR1', job);
    await cluster.until('scontrol', ['show', 'job', job], /Restarts=1/);
    const [left] = await eventually(
      async () => {
        const names = await workers();
        return names.length === 1 ? names : undefined;
      },
      () => readLogs(),
    );
    assert.ok(left?.endsWith(`-${submitted}_1`), left);
  });

  await t.test('cancelled workers sign off: none is lost', async () => {
    cluster.command('scancel', submitted);
    await cluster.until('squeue', ['--noheader'], /^\s*$/);
    await eventually(
      async () => ((await workers()).length === 0 ? true : undefined),
      () => readLogs(),
    );
    assert.deepEqual((await readFleet(redis)).lost, []);
  });
});
