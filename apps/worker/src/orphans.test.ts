import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { BatchQueue, connect, readWorkers, type WorkerStatus } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { childrenOf } from './testing/processes.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));
const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Also false for one that has ended and waits for its parent to look. */
function runs(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test('whenever a worker is killed, no trial process outlives it', async (t) => {
  if (process.platform !== 'linux') return t.skip('processes are looked up in /proc');
  const redis = await temporaryRedis(t);
  const connection = await connect(redis.address);
  const queue = await BatchQueue.open(redis.address);
  const killWorker = async (moment: (pid: number) => Promise<void>) => {
    const env = { ...process.env, NATSWEEP_HOME: redis.home, NATSWEEP_LOG_LEVEL: 'silent' };
    const worker = spawn(process.execPath, [main, '--engine', 'reference', '--slots', '1'], { env, stdio: 'inherit' });
    const pid = worker.pid as number;
    while (childrenOf(pid).length === 0) await pause(2);
    await moment(pid);
    const children = childrenOf(pid);
    assert.equal(children.length, 1);
    worker.kill('SIGKILL');
    while (children.some(runs)) await pause(20);
  };
  const untilStatus = async (pid: number, wanted: (status: WorkerStatus) => boolean) => {
    while (!(await readWorkers(connection)).some((status) => status.pid === pid && wanted(status))) await pause(10);
  };
  try {
    await t.test('while a trial process starts', async () => {
      await Promise.all([0, 100, 200, 400].map((afterMs) => killWorker(() => pause(afterMs))));
    });
    await t.test('while it waits for trials', () => killWorker((pid) => untilStatus(pid, () => true)));
    await t.test('while a trial computes without end and yields to nothing', async () => {
      const params = { behaviour: 'hang' };
      const trial = { trialId: 't', index: 0, experiment: 'diagnostic', experimentVersion: 1, params, seed: 1 };
      await queue.add([{ sweep: 's', trials: [trial], trialTimeoutSeconds: 600, maxAttempts: 1 }]);
      await killWorker((pid) => untilStatus(pid, ({ slots: [slot] }) => slot?.trialId === 't'));
    });
  } finally {
    connection.disconnect();
    await queue.close();
  }
});
