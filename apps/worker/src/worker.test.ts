import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { test, type TestContext } from 'node:test';
import {
  BatchQueue,
  ReportReader,
  readWorkers,
  sendCancelled,
  streamStart,
  type Cancelled,
  type FailedBatch,
  type Report,
} from '@natsweep/queue';
import { temporaryRedis } from '@natsweep/queue/testing';
import { diagnosticBatch } from './testing/diagnostic-batch.ts';
import { childrenOf, commandOf } from './testing/processes.ts';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A queue, its report stream, and workers as processes. */
async function start(t: TestContext) {
  const redis = await temporaryRedis(t);
  const queue = await BatchQueue.open(redis.address);
  const reader = await ReportReader.open(redis.address);
  const connection = await redis.connect();
  const workers: ChildProcess[] = [];
  t.after(async () => {
    for (const worker of workers) worker.kill('SIGKILL');
    reader.close();
    await queue.close();
  });
  let position = streamStart;
  /** Read and not yet given out: reports that come together share an entry of the stream. */
  const unseen: Report[] = [];
  return {
    queue,
    workers: () => readWorkers(connection),
    cancel: (cancelled: Cancelled) => sendCancelled(connection, cancelled),
    launch(...flags: string[]): ChildProcess {
      const args = [main, '--engine', 'reference', '--slots', '1', ...flags];
      const env = { ...process.env, NATSWEEP_HOME: redis.home, NATSWEEP_LOG_LEVEL: 'silent' };
      const worker = spawn(process.execPath, args, { env, stdio: ['ignore', 'inherit', 'inherit'] });
      workers.push(worker);
      return worker;
    },
    async nextReport(): Promise<Report> {
      // a connection that waits for longer than this is taken for dead, and waits anew for ever
      for (let tries = 0; tries < 3 && unseen.length === 0; tries++) {
        const page = await reader.read(position, { limit: 1, waitMs: 10_000 });
        position = page.end;
        unseen.push(...page.reports);
      }
      const report = unseen.shift();
      assert(report !== undefined, 'no report within 30 s');
      return report;
    },
    async observations(count: number) {
      const found = [];
      while (found.length < count) {
        const report = await this.nextReport();
        if (report.kind === 'observation') found.push(report);
      }
      return found;
    },
    async failedBatch(): Promise<FailedBatch> {
      for (;;) {
        const [failed] = await queue.failed();
        if (failed !== undefined) return failed;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    },
    async emptied(): Promise<void> {
      while ((await queue.ids()).size > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },
  };
}

const exit = (child: ChildProcess) =>
  new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));

test('invariant 5: a trial that computes far longer than the lock lasts is delivered once', async (t) => {
  const stack = await start(t);
  await stack.queue.add([diagnosticBatch([{ durationMs: 2500, busy: true }])]);
  stack.launch('--lock', '0.5');
  stack.launch('--lock', '0.5');
  const [observation] = await stack.observations(1);
  assert.equal(observation?.attempt.attempt, 1);
  assert(observation.attempt.elapsedSeconds >= 2.5);
  await stack.emptied();
});

test('invariant 6: a diverged trial is an observation with nulls and is not retried', async (t) => {
  const stack = await start(t);
  stack.launch();
  await stack.queue.add([diagnosticBatch([{ behaviour: 'diverge', traceLength: 3 }])]);
  const report = await stack.nextReport();
  assert(report.kind === 'observation');
  assert.equal(report.outcome, 'diverged');
  assert.deepEqual(report.metrics, { value: null });
  assert.deepEqual(report.traces, { ramp: [0, 1, 2] });
  await stack.emptied();
});

for (const [behaviour, failure, message] of [
  ['crash', 'crash', /SIGABRT/],
  ['throw', 'crash', /thrown as asked/],
  ['hang', 'timeout', /longer than its limit of 1 s/],
  ['exhaust-memory', 'out-of-memory', /out of memory/],
] as const) {
  test(`invariant 6: a trial that must ${behaviour} fails as ${failure} after maxAttempts, its neighbours finish`, async (t) => {
    const stack = await start(t);
    stack.launch('--slot-heap', '64');
    const limits = { trialTimeoutSeconds: behaviour === 'hang' ? 1 : 60 };
    await stack.queue.add([diagnosticBatch([{}, { behaviour }, {}], limits)]);
    const observed = await stack.observations(2);
    assert.deepEqual(observed.map(({ trialId }) => trialId).sort(), ['t0', 't2']);
    assert.deepEqual(
      observed.map(({ attempt }) => attempt.attempt),
      [1, 1],
    );
    const first = await stack.nextReport();
    assert(first.kind === 'failed-delivery' && first.again);
    const second = await stack.nextReport();
    assert(second.kind === 'failed-delivery' && !second.again);
    const { data, attempts } = await stack.failedBatch();
    assert.equal(attempts, 2);
    assert.deepEqual(
      data.trials.map(({ trialId }) => trialId),
      ['t1'],
    );
    assert.equal(data.failures['t1']?.failure, failure);
    assert.match(data.failures['t1']?.message ?? '', message);
    if (behaviour === 'crash') assert.match(data.failures['t1']?.logTail ?? '', /aborting as asked/);
  });
}

test('a trial that runs out of memory twice in equal slots is not tried a third time, however many attempts it has', async (t) => {
  const stack = await start(t);
  stack.launch('--slot-heap', '64');
  await stack.queue.add([diagnosticBatch([{}, { behaviour: 'exhaust-memory' }], { maxAttempts: 9 })]);
  const { data, attempts } = await stack.failedBatch();
  assert.equal(attempts, 2);
  assert.deepEqual(Object.keys(data.failures), ['t1']);
  assert.match(data.failures['t1']?.message ?? '', /ran out of memory, again in a slot with \d+\.\d GiB/);
  const reports = [await stack.nextReport(), await stack.nextReport(), await stack.nextReport()];
  assert.deepEqual(
    reports.map((report) => report.kind === 'failed-delivery' && report.again),
    [false, true, false],
  );
});

test('what a trial has started ends with it, when its time is over and when its worker is killed', async (t) => {
  const stack = await start(t);
  const worker = stack.launch();
  const limits = { trialTimeoutSeconds: 1, maxAttempts: 1 };
  await stack.queue.add([diagnosticBatch([{ behaviour: 'spawn' }], limits)]);
  const { data } = await stack.failedBatch();
  assert.equal(data.failures['t0']?.failure, 'timeout');
  const grandchild = Number(/process (\d+) started/.exec(data.failures['t0']?.logTail ?? '')?.[1]);
  assert(grandchild > 0, data.failures['t0']?.logTail);
  await gone(grandchild);

  await stack.queue.add([diagnosticBatch([{ behaviour: 'spawn' }], { sweep: 'second' })]);
  const second = await descendant(worker.pid as number, 'sleep');
  worker.kill('SIGKILL');
  await gone(second);
});

test('a trial that the worker cannot run at all is not retried', async (t) => {
  const stack = await start(t);
  stack.launch();
  await stack.queue.add([diagnosticBatch([{ durationMs: -1 }])]);
  const { data, attempts } = await stack.failedBatch();
  assert.equal(attempts, 1);
  assert.equal(data.failures['t0']?.failure, 'invalid');
  assert.match(data.failures['t0']?.message ?? '', /durationMs/);
});

test('cancelled trials are dropped at once, their neighbours finish', async (t) => {
  const stack = await start(t);
  stack.launch();
  await stack.queue.add([diagnosticBatch([{}, { durationMs: 600_000 }, {}])]);
  await stack.observations(1);
  await stack.cancel({ sweep: 'sweep', trialIds: ['t1'] });
  const [neighbour] = await stack.observations(1);
  assert.equal(neighbour?.trialId, 't2');
  await stack.emptied();
});

test('SIGTERM lets the batch in hand finish, and the worker signs off', async (t) => {
  const stack = await start(t);
  const worker = stack.launch();
  await stack.queue.add([
    diagnosticBatch([{ durationMs: 500 }, { durationMs: 500 }]),
    diagnosticBatch([{ point: 9, durationMs: 500 }]),
  ]);
  await stack.observations(1);
  const ended = exit(worker);
  worker.kill('SIGTERM');
  assert.equal(await ended, 0);
  await stack.observations(1);
  assert.equal((await stack.queue.ids()).size, 1);
  assert.deepEqual(await stack.workers(), []);
});

for (const [when, drainSeconds, signals] of [
  ['at the drain deadline', '0.1', ['SIGTERM']],
  ['at a second signal', '3600', ['SIGTERM', 'SIGINT']],
] as const)
  test(`${when} unfinished trials go back to the queue at no cost in attempts`, async (t) => {
    const stack = await start(t);
    const worker = stack.launch('--drain', drainSeconds);
    await stack.queue.add([diagnosticBatch([{}, { durationMs: 3_600_000 }], { maxAttempts: 1 })]);
    await stack.observations(1);
    const ended = exit(worker);
    for (const signal of signals) worker.kill(signal);
    assert.equal(await ended, 0);
    const [data] = (await stack.queue.read(await stack.queue.ids())).values();
    assert.deepEqual(
      data?.trials.map(({ trialId }) => trialId),
      ['t1'],
    );
    assert.deepEqual(await stack.queue.failed(), []);
  });

test('invariant 2: a killed worker loses nothing, its children die with it, another worker takes over', async (t) => {
  const stack = await start(t);
  const worker = stack.launch('--lock', '0.5');
  await stack.queue.add([diagnosticBatch([{}, { durationMs: 1500, busy: true }])]);
  const [first] = await stack.observations(1);
  assert.equal(first?.trialId, 't0');
  const [child] = childrenOf(worker.pid as number);
  worker.kill('SIGKILL');
  stack.launch('--lock', '0.5');
  let lost = false;
  for (const seen = new Set(['t0']); seen.size < 2;) {
    const report = await stack.nextReport();
    if (report.kind === 'observation') seen.add(report.trialId);
    else lost ||= report.attempts.every(({ failure }) => failure === 'lost');
  }
  assert(lost, 'the lost delivery was not reported');
  await stack.emptied();
  await gone(child as number);
});

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** Waits until `program` runs somewhere below a process. */
async function descendant(ancestor: number, program: string): Promise<number> {
  for (;;) {
    const found = childrenOf(ancestor).flatMap((child) => [child, ...childrenOf(child)]);
    const pid = found.find((each) => commandOf(each).startsWith(program));
    if (pid !== undefined) return pid;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('invariant 9: the engine that ran a trial is named in the observation and in the registry', async (t) => {
  const stack = await start(t);
  stack.launch();
  await stack.queue.add([diagnosticBatch([{}])]);
  const [observation] = await stack.observations(1);
  assert.equal(observation?.engine.engine, 'reference');
  const [worker] = await stack.workers();
  assert.deepEqual(
    worker?.slots.map(({ slot, engine }) => [slot, engine]),
    [['cpu-0', 'reference']],
  );
});
