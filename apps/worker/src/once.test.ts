import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { kernelPrediction, tangentKernel } from '@natsweep/catalogue';
import type { EngineInfo } from '@natsweep/sweep';

const entry = fileURLToPath(new URL('main.ts', import.meta.url));

function trial(point: number): string {
  const params = { behaviour: 'finish', share: 1, durationMs: 0, busy: false, point, group: 0, traceLength: 3 };
  return JSON.stringify({
    trialId: `t${point}`,
    index: point,
    experiment: 'diagnostic',
    experimentVersion: 1,
    params,
    seed: 0,
  });
}

test('--once runs the trials of standard input one by one, without a queue', async () => {
  const running = promisify(execFile)(process.execPath, [entry, '--once', '--engine', 'reference']);
  running.child.stdin?.end(`${trial(1)}\n${trial(2)}\n`);
  const { stdout } = await running;
  const results = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    results.map(({ trialId, outcome, traces }) => ({ trialId, outcome, traces })),
    ['t1', 't2'].map((trialId) => ({ trialId, outcome: 'converged', traces: { ramp: [0, 1, 2] } })),
  );
  for (const { engine, peakMemoryBytes } of results) {
    assert.equal((engine as EngineInfo).engine, 'reference');
    assert.match((engine as EngineInfo).versions['natsweep']!, /^\d+\.\d+\.\d+/);
    assert.ok((peakMemoryBytes as number) > 10 * 2 ** 20);
  }
});

/** What `--once` says, and with which code it ends, when it is given a line it cannot run. */
async function refusal(line: string, flags: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const running = promisify(execFile)(process.execPath, [entry, '--once', ...flags], {
    env: { ...process.env, ...env },
  });
  running.child.stdin?.end(`${line}\n`);
  return running.then(
    () => assert.fail('it ran'),
    ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
  );
}

test('an engine that cannot be had is one sentence with the fix and exit code 3', async () => {
  for (const [flags, missing, message] of [
    [
      ['--engine', 'tfjs'],
      { NATSWEEP_TENSORFLOW_DIR: '/nowhere' },
      /^worker: TensorFlow was not found: \/nowhere .*Run "natsweep setup tensorflow".*\n$/,
    ],
    [[], { NATSWEEP_OPENBLAS: '/nowhere' }, /^worker: OpenBLAS was not found; tried \/nowhere .* Install it .*\n$/],
  ] as const) {
    const params = { method: 'ngd', depth: 2, size: 3 };
    const line = JSON.stringify({
      trialId: 't',
      index: 0,
      experiment: tangentKernel.name,
      experimentVersion: tangentKernel.version,
      params,
      seed: 0,
    });
    const { code, stderr } = await refusal(line, flags, missing);
    assert.equal(code, 3, stderr);
    assert.match(stderr, message);
  }
});

test('data that are not on this machine are one sentence with the fix and exit code 3', async () => {
  const { name, version, parameters } = kernelPrediction;
  const params = parameters.parse({ dataset: 'cifar10' });
  const line = JSON.stringify({
    trialId: 't',
    index: 0,
    experiment: name,
    experimentVersion: version,
    params,
    seed: 0,
  });
  const { code, stderr } = await refusal(line, ['--engine', 'reference'], { NATSWEEP_DATA: '/nowhere' });
  assert.equal(code, 3);
  assert.match(stderr, /^worker: cifar10 is not on this machine: put .* into \/nowhere\/cifar10\n$/);
});

test('a line that is no trial, or no valid one, is one sentence and exit code 2', async () => {
  for (const [line, message] of [
    ['hello', /^worker: Standard input holds no trial in JSON but hello\n$/],
    [trial(1).replace('diagnostic', 'telepathy'), /^worker: this worker knows no experiment "telepathy"\n$/],
  ] as const) {
    const { code, stderr } = await refusal(line, ['--engine', 'reference']);
    assert.equal(code, 2);
    assert.match(stderr, message);
  }
});
