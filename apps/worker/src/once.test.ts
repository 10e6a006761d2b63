import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';

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
    assert.equal((engine as { engine: string }).engine, 'reference');
    assert.ok((peakMemoryBytes as number) > 10 * 2 ** 20);
  }
});
