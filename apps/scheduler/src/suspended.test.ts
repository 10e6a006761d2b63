import assert from 'node:assert/strict';
import { execFileSync, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { findPostgres, lockTable, startPrivatePostgres } from '@natsweep/results/testing';
import { points, SchedulerStack, upTo } from './testing.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Two schedulers, the first of which is at work on a sweep. */
async function startTwo(stack: SchedulerStack, trials: number): Promise<readonly [ChildProcess, ChildProcess]> {
  const first = stack.schedule('--lease', '1');
  await stack.submit('sweep', points(trials));
  return [first, stack.schedule('--lease', '1')];
}

async function untilHolder(stack: SchedulerStack, { pid }: ChildProcess): Promise<void> {
  const redis = await stack.redis.connect();
  while (!(await redis.get('natsweep:scheduler'))?.includes(`"pid":${pid}`)) await pause(20);
}

test('suspended within a transaction of SQLite, a scheduler ends that one when it goes on, and writes no other', async (t) => {
  const stack = await SchedulerStack.start(t);
  const [first, second] = await startTwo(stack, 4000);
  stack.work((delivery) => stack.finish(delivery));
  const probe = new DatabaseSync(join(stack.redis.home, 'results.sqlite'), { timeout: 0 });
  t.after(() => probe.close());
  const isLocked = () => {
    try {
      probe.exec('begin immediate; rollback');
      return false;
    } catch {
      return true;
    }
  };
  for (first.kill('SIGSTOP'); !isLocked(); first.kill('SIGSTOP')) {
    first.kill('SIGCONT');
    await pause(3);
  }
  await untilHolder(stack, second);
  const before = (await stack.results.counts('sweep')).observed;
  assert(before < 4000, 'the sweep was over before a transaction was met');
  first.kill('SIGCONT');
  await stack.until('sweep', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(4000));
  assert.equal(first.exitCode ?? first.signalCode, null);
});

test('suspended within a transaction of PostgreSQL, a scheduler keeps no other waiting for long, and its transaction is lost', async (t) => {
  const binaries = findPostgres();
  if (binaries === undefined) return t.skip('PostgreSQL is not installed: apt-get install postgresql');
  const postgres = await startPrivatePostgres(binaries);
  t.after(() => postgres.stop());
  const stack = await SchedulerStack.start(t, postgres.url);
  const [first, second] = await startTwo(stack, 100);
  const psql = join(binaries, 'psql');
  // holds up whatever is recorded, in the middle of its transaction
  const unlock = await lockTable(postgres.url, 'sweep_tallies');
  stack.work((delivery) => stack.finish(delivery));
  const waiting = `select count(*) from pg_stat_activity where application_name = 'natsweep' and wait_event_type = 'Lock'`;
  while (execFileSync(psql, [postgres.url, '-Atc', waiting], { encoding: 'utf8' }).trim() !== '1') await pause(20);
  first.kill('SIGSTOP');
  await unlock();
  await untilHolder(stack, second);
  await stack.until('sweep', ({ state }) => state === 'completed');
  first.kill('SIGCONT');
  await stack.submit('next', points(10));
  await stack.until('next', ({ state }) => state === 'completed');
  assert.deepEqual(await stack.recordedIndices('sweep'), upTo(100));
  assert.equal(first.exitCode ?? first.signalCode, null);
});
