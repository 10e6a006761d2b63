import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { findDeclaration } from '@natsweep/catalogue';
import type { Delivery, Report } from '@natsweep/queue';
import { findTensorflow } from '@natsweep/linalg-tfjs';
import type { Parameters, Trial } from '@natsweep/sweep';
import { createLogger } from '@natsweep/telemetry';
import { Slot, type SlotOptions } from './slot.ts';
import { childrenOf } from './testing/processes.ts';

const gpu = { name: 'NVIDIA H200', utilization: 0.5, memoryUsedBytes: 2 ** 30, memoryTotalBytes: 2 ** 37 };

/** A slot on its own: what it sends and what it logs. */
function start(t: TestContext, options: Partial<SlotOptions>) {
  const reports: Report[] = [];
  const logged: string[] = [];
  const logger = createLogger({ app: 'worker' });
  Object.assign(logger, { info: (_: object, message: string) => logged.push(message) });
  const slot = new Slot({
    name: 'cpu-0',
    worker: 'test',
    engine: 'reference',
    sender: { send: (report) => void reports.push(report), flush: () => undefined },
    logger,
    limits: () => ({ memoryBytes: Infinity, tensorHandles: Infinity }),
    memoryBytes: () => 2 ** 31,
    ...options,
  });
  t.after(() => slot.close());
  return { slot, reports, logged };
}

function delivery(experiment: string, params: readonly Parameters[]): Delivery {
  const trials = params.map((given, index): Trial => ({
    trialId: `t${index}`,
    index,
    experiment,
    experimentVersion: findDeclaration(experiment)!.version,
    params: given,
    seed: 1,
  }));
  const batch = { sweep: 'sweep', trials, trialTimeoutSeconds: 60, maxAttempts: 2, failures: {} };
  return {
    batchId: 'batch',
    batch,
    trials,
    attempt: 1,
    hasNext: true,
    oneByOne: false,
    loss: undefined,
    begin: async () => {},
    signal: new AbortController().signal,
  };
}

const small = { method: 'ngd', depth: 2, size: 3 };

test('an observation says on which GPU it was made, and how that was used', async (t) => {
  const { slot, reports } = start(t, { readGpu: () => gpu });
  await slot.run(delivery('tangent-kernel', [small]));
  assert.ok(reports[0]?.kind === 'observation');
  assert.deepEqual(reports[0].attempt.gpu, gpu);
  assert.equal(reports[0].engine.precision, 'float64');
});

test('a trial process that has grown beyond its memory is replaced, and the next delivery does not notice', async (t) => {
  const { slot, reports, logged } = start(t, { limits: () => ({ memoryBytes: 1, tensorHandles: Infinity }) });
  for (let i = 1; i <= 2; i++) {
    assert.deepEqual(await slot.run(delivery('diagnostic', [{}])), { kind: 'finished' });
    assert.equal(logged.filter((message) => /holds too much memory/.test(message)).length, i);
  }
  assert.equal(reports.length, 2);
});

test("a trial process is replaced before TensorFlow's handles run out", async (t) => {
  const tensorflow = findTensorflow();
  if (!tensorflow.found) return t.skip(`${tensorflow.reason}. ${tensorflow.fix}`);
  const { slot, logged } = start(t, { engine: 'tfjs', limits: () => ({ memoryBytes: Infinity, tensorHandles: 50 }) });
  assert.deepEqual(await slot.run(delivery('diagnostic', [{}])), { kind: 'finished' });
  assert.deepEqual(logged, []);
  assert.deepEqual(await slot.run(delivery('tangent-kernel', [small])), { kind: 'finished' });
  assert.match(logged[0] ?? '', /runs out of handles/);
});

for (const engine of ['openblas', 'tfjs'] as const)
  test(`a trial that asks for float32 gets it from ${engine}, and says so in its observation`, async (t) => {
    const tensorflow = findTensorflow();
    if (engine === 'tfjs' && !tensorflow.found) return t.skip(`${tensorflow.reason}. ${tensorflow.fix}`);
    const { slot, reports } = start(t, { engine });
    for (const precision of ['float64', 'float32', 'float64'])
      await slot.run(delivery('tangent-kernel', [{ ...small, precision }]));
    const observed = reports.filter((report) => report.kind === 'observation');
    assert.deepEqual(
      observed.map(({ engine: { precision, engine } }) => [precision, engine]),
      [
        ['float64', engine],
        ['float32', engine],
        ['float64', engine],
      ],
    );
    const [first, single, again] = observed.map(({ metrics }) => metrics['centre'] as number);
    assert.equal(first, again);
    assert.notEqual(single, first);
    assert.ok(Math.abs(single! / first! - 1) < 1e-5);
  });

test('a float32 trial on an engine that has none fails as engine, is not retried, and its message says what to do', async (t) => {
  const { slot, reports } = start(t, { engine: 'reference' });
  const outcome = await slot.run(delivery('tangent-kernel', [{ ...small, precision: 'float32' }]));
  assert.ok(outcome.kind === 'failed');
  assert.equal(outcome.failures['t0']?.failure, 'engine');
  assert.match(outcome.failures['t0']?.message ?? '', /computes in float64 only. Run float32 trials with --engine/);
  assert.ok(reports[0]?.kind === 'failed-delivery');
  assert.equal(reports[0].again, false);
});

test('a failure says that the batch comes again as long as an attempt is left, also after deliveries that cost none', async (t) => {
  const { slot, reports } = start(t, {});
  const again = { ...delivery('diagnostic', [{ behaviour: 'throw' }]), attempt: 3 };
  for (const hasNext of [true, false]) await slot.run({ ...again, hasNext });
  assert.deepEqual(
    reports.map((report) => report.kind === 'failed-delivery' && report.again),
    [true, false],
  );
});

test('a delivery that is handed back keeps the trials that failed in it, at no cost in attempts', async (t) => {
  const { slot } = start(t, {});
  const given = delivery('diagnostic', [{}, { behaviour: 'throw' }, { durationMs: 600_000 }, {}]);
  const begin: Delivery['begin'] = async ({ trialId }) => {
    if (trialId === 't2') void slot.handBack();
  };
  const outcome = await slot.run({ ...given, oneByOne: true, begin });
  assert.ok(outcome.kind === 'handed-back');
  assert.deepEqual(
    outcome.remaining.map(({ trialId }) => trialId),
    ['t1', 't2', 't3'],
  );
});

test('a delivery is handed back at once while its trial process starts, also when that hangs', async (t) => {
  if (process.platform !== 'linux') return t.skip('the trial process is found in /proc');
  const given = delivery('diagnostic', [{}, {}]);
  for (const hang of [false, true]) {
    const { slot } = start(t, {});
    const others = childrenOf(process.pid);
    const outcome = slot.run(given);
    if (hang) process.kill(await newChild(others), 'SIGSTOP');
    await slot.handBack();
    assert.deepEqual(await outcome, { kind: 'handed-back', remaining: given.trials });
  }
});

async function newChild(others: readonly number[]): Promise<number> {
  for (;;) {
    const found = childrenOf(process.pid).find((pid) => !others.includes(pid));
    if (found !== undefined) return found;
    await sleep(1);
  }
}

test('to cancel a trial that waits its turn does not disturb the one before it', async (t) => {
  const { slot, reports } = start(t, {});
  const given = delivery('diagnostic', [{ durationMs: 300 }, { durationMs: 600_000 }]);
  const outcome = slot.run({ ...given, oneByOne: true });
  while (slot.state.trialId !== 't0') await sleep(5);
  await slot.cancel({ sweep: 'sweep', trialIds: ['t1'] });
  assert.deepEqual(await outcome, { kind: 'finished' });
  assert.deepEqual(
    reports.map((report) => report.kind === 'observation' && report.index),
    [0],
  );
});

test('trials that run one by one are announced, with those that are left, when what has finished is reported', async (t) => {
  const said: unknown[] = [];
  const { slot, reports } = start(t, {
    sender: { send: (report) => void reports.push(report), flush: () => said.push(`${reports.length} reported`) },
  });
  const begin: Delivery['begin'] = async ({ trialId, attempt }, left) => {
    said.push([trialId, attempt.slot, left.map((trial) => trial.trialId)]);
  };
  await slot.run({ ...delivery('diagnostic', [{}, {}]), oneByOne: true, begin });
  assert.deepEqual(said, [
    '0 reported',
    ['t0', 'cpu-0', ['t0', 't1']],
    '1 reported',
    ['t1', 'cpu-0', ['t1']],
    '2 reported',
  ]);
});
