import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { findPostgres, lockTable, type PrivatePostgres } from '@natsweep/results/testing';
import type { App, Stack } from '../stack.ts';
import type { Complaints } from './complaints.ts';
import type { SmallDisk } from './small-disk.ts';

/** A stack that records in PostgreSQL, and what can be done to it. */
export interface Scene {
  readonly stack: Stack;
  readonly sweeps: Sweeps;
  readonly postgres: PrivatePostgres;
  readonly url: string;
  /** The server's own, on which its log of writes is, and that of its tables; undefined where this user may not mount. */
  readonly disks: { readonly server: SmallDisk; readonly tables: SmallDisk } | undefined;
  readonly complaints: Complaints;
  /** The active scheduler. */
  scheduler: App;
  readonly startScheduler: () => App;
  /** What `natsweep status` tells a user. */
  readonly status: () => Promise<string>;
}

/** Sweeps, one after the other, so that there is always something to record. */
export class Sweeps {
  readonly names: string[] = [];
  readonly #stack: Stack;

  constructor(stack: Stack) {
    this.#stack = stack;
  }

  /** Sees to it that enough is left to do. */
  async goOn(): Promise<void> {
    const last = this.names.at(-1);
    const summary = last === undefined ? undefined : await this.#stack.summary(last);
    if (summary !== undefined && summary.planned - summary.observed > enough) return;
    const name = `s-${this.names.length + 1}`;
    const points = `{ range: { from: 1, to: ${this.names.length === 0 ? 2000 : 800} } }`;
    await this.#stack.submit(
      `name: ${name}\nexperiment: diagnostic\naxes: { point: ${points} }\nfixed: { durationMs: 10 }\n`,
    );
    this.names.push(name);
  }

  /** Resolves when something more is recorded. */
  async record(): Promise<void> {
    const last = this.names.at(-1) as string;
    const observed = (await this.#stack.summary(last))?.observed ?? 0;
    await this.#stack.until(last, (summary) => summary.observed > observed);
  }
}

/** Trials that two slots do not run out of while a fault is injected. */
const enough = 600;

/** Resolves when a scheduler has felt it and it is over. */
export type PostgresFault = (scene: Scene) => Promise<void>;

export const postgresFaults: Readonly<Record<string, PostgresFault>> = {
  'connections ended by the server': async ({ url, complaints }) => {
    const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'natsweep' and state <> 'idle';\n`;
    const ending = spawn(psqlProgram, [url, '--quiet'], { stdio: ['pipe', 'ignore', 'inherit'] });
    ending.stdin.on('error', () => {}).write(end.repeat(20_000));
    await complaints.until(/does not answer \(.*terminat/i);
    ending.kill('SIGKILL');
  },
  'a table locked for longer than anyone waits': async ({ url, complaints }) => {
    const unlock = await lockTable(url, 'sweep_tallies');
    await complaints.until(/gave up waiting for a lock/);
    await unlock();
  },
  'the server killed and started again': async ({ postgres, complaints }) => {
    await postgres.crash();
    await complaints.until(/does not answer/);
    await postgres.restart();
  },
  'the scheduler killed within a transaction': async (scene) => {
    const unlock = await lockTable(scene.url, 'sweep_tallies');
    do {
      while ((await waitingForLock(scene)) === 0) await sleep(10);
      scene.scheduler.process.kill('SIGKILL');
      scene.scheduler = scene.startScheduler();
      // what it asked for is still waited for: so it was in the middle of that when it died
    } while ((await waitingForLock(scene)) === 0);
    await unlock();
  },
  'a scheduler suspended before a transaction, and overtaken by another': async (scene) => {
    const { stack, sweeps, scheduler, complaints } = scene;
    const reported = () => stack.connection.xlen('natsweep:observations');
    const servers = await suspendIdleServers(scene);
    // nobody takes what is reported, for longer than reports are gathered: the scheduler has the lease still, has asked for a
    // transaction, and waits
    for (const before = await reported(); (await reported()) < before + 30; await sleep(10));
    scheduler.process.kill('SIGSTOP');
    for (const server of servers) process.kill(server, 'SIGCONT');
    scene.scheduler = scene.startScheduler();
    await sweeps.record();
    scheduler.process.kill('SIGCONT');
    await complaints.until(/./);
    const [first] = complaints.all;
    if (first?.err?.code !== 'superseded') throw new Error(`the scheduler that was overtaken says: ${first?.msg}`);
    scheduler.process.kill('SIGTERM');
    await scheduler.ended;
  },
};

export const postgresDiskFaults: Readonly<Record<string, PostgresFault>> = {
  'the disk of its tables full': async ({ disks, complaints, status }) => {
    disks!.tables.fill();
    await complaints.until(/No space left on the disk of PostgreSQL/);
    assert.match(await status(), /^Nothing is recorded since .*: No space left on the disk of PostgreSQL/m);
    disks!.tables.empty();
  },
  'the disk of the server full, until it gives up': async (scene) => {
    const { disks, postgres, complaints } = scene;
    disks!.server.fill();
    const ended = postgres.ended().then(() => 'ended');
    // each begins a new file of the log of writes, for which there is no room
    while ((await Promise.race([ended, sleep(50)])) !== 'ended')
      await psql(scene, 'select pg_switch_wal()').catch(() => {});
    await complaints.until(/does not answer/);
    disks!.server.empty();
    await postgres.restart();
  },
};

const psqlProgram = join(findPostgres() ?? '', 'psql');

/** What a statement returns, a line per row. */
export async function psql({ url }: Pick<Scene, 'url'>, statement: string): Promise<readonly string[]> {
  const { stdout } = await promisify(execFile)(psqlProgram, [url, '-Atc', statement]);
  return stdout.split('\n').filter((line) => line !== '');
}

async function waitingForLock(scene: Scene): Promise<number> {
  const waiting = `select pid from pg_stat_activity where application_name = 'natsweep' and wait_event_type = 'Lock'`;
  return (await psql(scene, waiting)).length;
}

/** Suspends the processes of the server that serve the scheduler, at a moment at which none is within a transaction. */
async function suspendIdleServers(scene: Scene): Promise<readonly number[]> {
  const serving = `select state, pid from pg_stat_activity where application_name = 'natsweep'`;
  for (;;) {
    const pids = (await psql(scene, serving)).map((line) => Number(line.split('|')[1]));
    for (const pid of pids) process.kill(pid, 'SIGSTOP');
    const states = await psql(scene, serving);
    if (pids.length > 0 && states.every((line) => line.startsWith('idle|'))) return pids;
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}
