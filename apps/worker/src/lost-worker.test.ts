import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import { BatchQueue, ReportReader, streamStart, type FailedBatch, type Report } from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { diagnosticBatch } from './testing/diagnostic-batch.ts';
import { childrenOf, commandOf } from './testing/processes.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Ends its worker: this test kills the worker as soon as the trial has started its process. */
const deadly = { behaviour: 'spawn' };

/** A queue, and a worker that is there again whenever a deadly trial has taken it down. */
async function start(t: TestContext) {
  const redis = await temporaryRedis(t);
  const queue = await BatchQueue.open(redis.address);
  const reader = await ReportReader.open(redis.address);
  const env = { ...process.env, NATSWEEP_HOME: redis.home, NATSWEEP_LOG_LEVEL: 'silent' };
  const args = [main, '--engine', 'reference', '--slots', '1', '--lock', '0.5'];
  const launch = () => spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  let worker: ChildProcess = launch();
  let deaths = 0;
  const watch = setInterval(() => {
    if (!hasStarted('sleep', worker.pid as number)) return;
    worker.kill('SIGKILL');
    deaths += 1;
    worker = launch();
  }, 20);
  t.after(async () => {
    clearInterval(watch);
    worker.kill('SIGKILL');
    reader.close();
    await queue.close();
  });
  return {
    queue,
    deaths: () => deaths,
    async reports(): Promise<readonly Report[]> {
      return (await reader.read(streamStart, { limit: 1000, waitMs: 0 })).reports;
    },
    async failedBatch(): Promise<FailedBatch> {
      for (;;) {
        const [failed] = await queue.failed();
        if (failed !== undefined) return failed;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
  };
}

/** Whether a child of a process's child runs `program`. */
function hasStarted(program: string, pid: number): boolean {
  return childrenOf(pid)
    .flatMap(childrenOf)
    .some((grandchild) => commandOf(grandchild).startsWith(program));
}

for (const [title, params, culprits] of [
  ['a trial that takes its worker down each time fails as lost', [{}, {}, deadly, {}, {}, {}], ['t2']],
  ['so do two of one batch', [deadly, {}, deadly, {}], ['t0', 't2']],
  ['so does one that is alone in its batch', [deadly], ['t0']],
] as const)
  test(`${title}, every other trial of the batch is recorded`, async (t) => {
    if (!existsSync('/proc/self/task')) return t.skip('processes are watched through /proc');
    const stack = await start(t);
    await stack.queue.add([diagnosticBatch(params)]);
    const { data } = await stack.failedBatch();
    assert.deepEqual(
      data.trials.map(({ trialId }) => trialId),
      culprits,
    );
    for (const culprit of culprits) {
      assert.equal(data.failures[culprit]?.failure, 'lost');
      assert.match(data.failures[culprit]?.message ?? '', /vanished while this trial ran alone: 2 times/);
      assert.match(data.failures[culprit]?.attempt.worker ?? '', /-\d+$/);
    }
    // the first loss tells nothing of who is to blame
    assert.equal(stack.deaths(), 1 + 2 * culprits.length);
    const reports = await stack.reports();
    const observed = new Set(reports.flatMap((report) => (report.kind === 'observation' ? [report.trialId] : [])));
    const innocent = params.map((_, index) => `t${index}`).filter((id) => !culprits.some((culprit) => culprit === id));
    assert.deepEqual([...observed].sort(), innocent);
    const last = reports.filter((report) => report.kind === 'failed-delivery').at(-1);
    assert.equal(last?.again, false);
  });
