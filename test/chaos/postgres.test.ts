/**
 * A sweep under fire that is recorded in PostgreSQL: whatever befalls the server, the scheduler says so in one sentence, waits,
 * and goes on when it can; then every planned trial must be in the database exactly once.
 */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import {
  findPostgres,
  giveToServer,
  lockTable,
  startPrivatePostgres,
  type PrivatePostgres,
} from '@natsweep/results/testing';
import { Stack } from '../stack.ts';
import { sleep } from './faults.ts';
import { SmallDisk } from './small-disk.ts';
import { verify } from './verify.ts';

const binaries = findPostgres();

/** The server, and what the scheduler says of it. */
interface Scene {
  readonly postgres: PrivatePostgres;
  readonly url: string;
  readonly disk: SmallDisk | undefined;
  /** Resolves once the scheduler has complained in these words since the fault began. */
  readonly complaint: (words: RegExp) => Promise<void>;
}

const psql = join(binaries ?? '', 'psql');

/** Each resolves when the scheduler has felt it and it is over. */
const faults: Readonly<Record<string, (scene: Scene) => Promise<void>>> = {
  'connections ended by the server': async ({ url, complaint }) => {
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'natsweep' and state <> 'idle';\n`;
    const ending = spawn(psql, [url, '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] });
    ending.stdin.on('error', () => {}).write(end.repeat(20_000));
    await complaint(/does not answer \(.*terminat/i);
    ending.kill('SIGKILL');
  },
  'a table locked for longer than anyone waits': async ({ url, complaint }) => {
    const unlock = await lockTable(url, 'sweep_tallies');
    await complaint(/gave up waiting for a lock/);
    await unlock();
  },
  'the server killed and started again': async ({ postgres, complaint }) => {
    await postgres.crash();
    await complaint(/does not answer/);
    await postgres.restart();
  },
  'the disk of its tables full': async ({ disk, complaint }) => {
    disk?.fill();
    await complaint(/No space left on the disk of PostgreSQL/);
    disk?.empty();
  },
};

test('whatever befalls PostgreSQL, a sweep ends by itself with nothing lost', { timeout: 240_000 }, async (t) => {
  if (binaries === undefined) return t.skip('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-tablespace-'));
  const disk = SmallDisk.mount(join(folder, 'disk'), 64);
  const postgres = await startPrivatePostgres(binaries);
  const stack = await Stack.start();
  t.after(async () => {
    await stack.stop();
    await postgres.stop();
    disk?.unmount();
    rmSync(folder, { recursive: true });
  });
  const url = disk === undefined ? postgres.url : await onDisk(postgres, folder);
  stack.startScheduler(['--max-batch', '8'], { NATSWEEP_DATABASE_URL: `${url}?lock_timeout=300` });
  stack.startWorker(['--slots', '2']);
  const trials = 1000;
  const points = `{ range: { from: 1, to: ${trials} } }`;
  await stack.submit(`name: s\nexperiment: diagnostic\naxes: { point: ${points} }\nfixed: { durationMs: 10 }\n`);

  const log = join(stack.home, 'scheduler.log');
  let injected = 0;
  for (const [name, fault] of Object.entries(faults)) {
    await t.test(name, async (own) => {
      if (fault === faults['the disk of its tables full'] && disk === undefined)
        return own.skip('no file system can be mounted here');
      const { observed } = (await stack.summary('s'))!;
      // what was felt before is over
      const { state } = await stack.until('s', (summary) => summary.observed > observed);
      assert.equal(state, 'running', 'the sweep was over before every fault was injected');
      const since = statSync(log).size;
      const complaint = async (words: RegExp) => {
        while (!words.test(readFileSync(log).toString('utf8', since))) await sleep(10);
      };
      await fault({ postgres, url, disk, complaint });
      injected += 1;
    });
  }
  const { failed } = await stack.until('s', ({ state }) => state === 'completed');
  const { planned, recorded, missing, duplicates, problems } = await verify(url, 's');
  console.log(
    `chaos: PostgreSQL: ${injected} faults injected; ${planned} trials planned, ${recorded} recorded, ${missing} lost, ${duplicates} duplicated`,
  );
  assert.deepEqual({ failed, missing, duplicates, problems }, { failed: 0, missing: 0, duplicates: 0, problems: [] });
});

/** Creates a database whose tables are on the disk in the folder. @returns Its URL. */
async function onDisk(postgres: PrivatePostgres, folder: string): Promise<string> {
  const disk = join(folder, 'disk');
  giveToServer(folder, [disk]);
  for (const statement of [
    `create tablespace small location '${disk}'`,
    'create database on_disk template template0 tablespace small',
  ])
    await promisify(execFile)(psql, [postgres.url, '-c', statement]);
  return postgres.url.replace(/natsweep$/, 'on_disk');
}
