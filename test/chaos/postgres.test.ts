/**
 * A sweep under fire that is recorded in PostgreSQL: whatever befalls the server, the scheduler says so in one sentence, waits,
 * and goes on when it can; then every planned trial must be in the database exactly once.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { Verification } from '@natsweep/results';
import { findPostgres, giveToServer, startPrivatePostgres, type PrivatePostgres } from '@natsweep/results/testing';
import { Stack } from '../stack.ts';
import { Complaints, type Complaint } from './complaints.ts';
import { postgresDiskFaults, postgresFaults, psql, Sweeps, type Scene } from './postgres-faults.ts';
import { SmallDisk } from './small-disk.ts';

const binaries = findPostgres();

test('whatever befalls PostgreSQL, a sweep ends by itself with nothing lost', { timeout: 480_000 }, async (t) => {
  if (binaries === undefined) return t.skip('PostgreSQL is not installed: apt-get install postgresql');
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-disks-'));
  giveToServer(folder, []);
  const disks = mountDisks(folder);
  const postgres = await startPrivatePostgres(binaries, {}, disks?.server.folder);
  const stack = await Stack.start();
  t.after(async () => {
    await stack.stop();
    await postgres.stop();
    for (const disk of disks === undefined ? [] : Object.values(disks)) disk.unmount();
    rmSync(folder, { recursive: true });
  });
  const url = disks === undefined ? postgres.url : await withTablesOn(disks.tables, postgres);
  const startScheduler = () =>
    stack.startScheduler(['--max-batch', '8', '--lease', '1'], { NATSWEEP_DATABASE_URL: `${url}?lock_timeout=1000` });
  const scheduler = startScheduler();
  const complaints = new Complaints(join(stack.home, 'scheduler.log'));
  const sweeps = new Sweeps(stack);
  const status = async () => {
    const { stdout, stderr } = await natsweep(['status'], stack, url);
    return stdout + stderr;
  };
  const scene: Scene = { stack, sweeps, postgres, url, disks, complaints, scheduler, startScheduler, status };
  stack.startWorker(['--slots', '2']);
  let injected = 0;
  for (const [name, fault] of Object.entries({ ...postgresFaults, ...postgresDiskFaults })) {
    await t.test(name, async (own) => {
      if (Object.hasOwn(postgresDiskFaults, name) && disks === undefined)
        return own.skip('no file system can be mounted here');
      await sweeps.goOn();
      // what was felt before is over
      await sweeps.record();
      complaints.forget();
      await fault(scene);
      injected += 1;
      assertOnePerPause(complaints.all);
    });
  }
  const totals = { planned: 0, recorded: 0, missing: 0, duplicates: 0 };
  for (const sweep of sweeps.names) {
    const { failed } = await stack.until(sweep, ({ state }) => state === 'completed');
    const { planned, recorded, missing, duplicates, problems } = await verifyAsUsersDo(sweep, stack, url);
    totals.planned += planned;
    totals.recorded += recorded;
    totals.missing += missing;
    totals.duplicates += duplicates;
    assert.deepEqual({ failed, missing, duplicates, problems }, { failed: 0, missing: 0, duplicates: 0, problems: [] });
  }
  const { planned, recorded, missing, duplicates } = totals;
  console.log(
    `chaos: PostgreSQL: ${injected} faults injected; ${planned} trials planned, ${recorded} recorded, ${missing} lost, ${duplicates} duplicated`,
  );
});

/** Both, or neither where this user may not mount. */
function mountDisks(folder: string): Scene['disks'] {
  const server = SmallDisk.mount(join(folder, 'server'), 192);
  if (server === undefined) return undefined;
  const tables = SmallDisk.mount(join(folder, 'tables'), 64);
  return tables === undefined ? undefined : { server, tables };
}

/** Creates a database whose tables are on the disk. @returns Its URL. */
async function withTablesOn({ folder }: SmallDisk, postgres: PrivatePostgres): Promise<string> {
  giveToServer(folder, [folder]);
  await psql(postgres, `create tablespace small location '${folder}'`);
  await psql(postgres, 'create database on_disk template template0 tablespace small');
  return postgres.url.replace(/natsweep$/, 'on_disk');
}

/** A fault is told in one line before each pause, however many trials wait for it to end; nothing but what passes is told. */
function assertOnePerPause(complaints: readonly Complaint[]): void {
  const tryAgainAtMs = new Map<number, number>();
  for (const { pid, time, msg, retryInMs, err } of complaints) {
    assert(retryInMs !== undefined && err?.type === 'ResultsError', msg);
    assert(Date.parse(time) >= (tryAgainAtMs.get(pid) ?? 0), `told before the pause was over: ${msg}`);
    // a timer may end up to a millisecond early, and times are told in whole ones
    tryAgainAtMs.set(pid, Date.parse(time) + retryInMs - 2);
  }
}

/** What `natsweep verify` finds; rejects unless it ends with 0. */
async function verifyAsUsersDo(sweep: string, stack: Stack, databaseUrl: string): Promise<Verification> {
  const { stdout } = await natsweep(['verify', sweep, '--json'], stack, databaseUrl);
  return JSON.parse(stdout) as Verification;
}

/** Runs the command as a user of this stack; rejects unless it ends with 0. */
function natsweep(words: readonly string[], { home }: Stack, databaseUrl: string) {
  const launcher = resolve(import.meta.dirname, '../../apps/cli/bin/natsweep.mjs');
  const env = { ...process.env, NATSWEEP_HOME: home, NATSWEEP_DATABASE_URL: databaseUrl };
  return promisify(execFile)(process.execPath, [launcher, ...words], { env });
}
