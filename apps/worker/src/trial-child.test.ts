import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Parameters, Trial } from '@natsweep/sweep';
import { longestHoldMs } from './result-outbox.ts';
import { childrenOf } from './testing/processes.ts';
import { TrialChild } from './trial-child.ts';

/** Runs diagnostic trials in a process of their own; `told` resolves when the process has said something of them. */
async function run(
  t: TestContext,
  { params, ...limits }: { params: readonly Parameters[]; trialTimeoutSeconds: number; together: boolean },
) {
  const child = await TrialChild.start({ engine: 'reference' });
  t.after(() => child.kill());
  const trials = params.map((given, index): Trial => ({
    trialId: `t${index}`,
    index,
    experiment: 'diagnostic',
    experimentVersion: 1,
    params: given,
    seed: 1,
  }));
  const finished: string[] = [];
  const told = Promise.withResolvers<void>();
  const ended = child.run(trials, {
    ...limits,
    onFinished: (results) => finished.push(...results.trials.map(({ trialId }) => trialId)),
    onProgress: () => told.resolve(),
  });
  return { child, ended, finished, told: told.promise };
}

const hanging = [{ behaviour: 'hang', durationMs: 50 }, ...Array.from({ length: 9 }, () => ({}))];

/** The environment with which a process was started. */
function environmentOf(pid: number): ReadonlyMap<string, string> {
  const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
  return new Map(entries.map((entry) => [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)]));
}

test('a trial process sees the GPU of its slot alone, numbered as nvidia-smi does, or none', async (t) => {
  if (process.platform !== 'linux') return t.skip('the environment of a process is read from /proc');
  const children = await Promise.all(
    ['0', '1', undefined].map((gpu) => TrialChild.start({ engine: 'reference', gpu })),
  );
  t.after(() => children.forEach((child) => child.kill()));
  const environments = children.map(({ pid }) => environmentOf(pid));
  assert.deepEqual(
    environments.map((env) => env.get('CUDA_VISIBLE_DEVICES')),
    ['0', '1', '-1'],
  );
  for (const env of environments) {
    assert.equal(env.get('CUDA_DEVICE_ORDER'), 'PCI_BUS_ID');
    assert.equal(env.get('OPENBLAS_NUM_THREADS'), process.env['OPENBLAS_NUM_THREADS'] ?? '1');
  }
});

test('a GPU slot without a GPU is refused, with what to do about it, and takes no other engine', async () => {
  for (const engine of ['auto', 'tfjs'] as const)
    await assert.rejects(TrialChild.start({ engine, gpu: '7' }), {
      name: 'TrialProcessError',
      code: 'engine',
      message: /natsweep setup tensorflow/,
    });
});

test('a trial process that hangs before it is ready is killed, and the error says so', async () => {
  const before = childrenOf(process.pid);
  await assert.rejects(TrialChild.start({ engine: 'reference', readyWithinMs: 20 }), {
    name: 'TrialProcessError',
    code: 'crash',
    message: /not ready within 0.02 s and was killed/,
  });
  while (childrenOf(process.pid).length > before.length) await sleep(10);
});

test('a limit of thirty days kills nothing at once', async (t) => {
  const month = await run(t, { params: [{ durationMs: 100 }], trialTimeoutSeconds: 2_592_000, together: false });
  assert.equal((await month.ended).kind, 'done');
  const day = await run(t, {
    params: Array.from({ length: 30 }, () => ({ durationMs: 5 })),
    trialTimeoutSeconds: 86_400,
    together: true,
  });
  assert.equal((await day.ended).kind, 'done');
  assert.equal(day.finished.length, 30);
});

test('a trial that hangs is killed at its own limit, however many trials wait behind it', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { ended, told } = await run(t, { params: hanging, trialTimeoutSeconds: 3, together: false });
  await told;
  t.mock.timers.tick(3000 + longestHoldMs);
  const end = await ended;
  assert.ok(end.kind === 'failed');
  assert.equal(end.failure, 'timeout');
  assert.equal(end.message, 'the trial ran longer than its limit of 3 s and was killed');
});

test('every result gives the trial after it the whole limit', async (t) => {
  const { ended, finished } = await run(t, {
    params: Array.from({ length: 5 }, () => ({ durationMs: 400 })),
    trialTimeoutSeconds: 1.5,
    together: false,
  });
  assert.equal((await ended).kind, 'done');
  assert.equal(finished.length, 5);
});

test('trials in one computation share the time of them all', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { child, ended, told } = await run(t, { params: hanging, trialTimeoutSeconds: 3, together: true });
  await told;
  const kills = t.mock.method(child, 'kill');
  t.mock.timers.tick(30_000);
  assert.equal(kills.mock.callCount(), 0);
  t.mock.timers.tick(longestHoldMs);
  const end = await ended;
  assert.ok(end.kind === 'failed');
  assert.equal(end.failure, 'timeout');
  assert.match(end.message, /^10 trials in one computation ran longer than their limit of 3 s each/);
});
