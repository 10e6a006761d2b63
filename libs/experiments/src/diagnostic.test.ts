import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { diagnostic } from './diagnostic.ts';
import type { TrialResult } from './experiment.ts';

async function run(params: Record<string, unknown>, count = 1, signal = new AbortController().signal) {
  const parsed = Array.from({ length: count }, (_, seed) => ({
    trialId: `t${seed}`,
    params: diagnostic.declaration.parameters.parse(params),
    seed,
  }));
  const context = { engine: createReferenceEngine(), signal, progress: () => {} };
  const results: TrialResult[] = [];
  for await (const result of diagnostic.run(parsed, context)) results.push(result);
  return results;
}

test('the same point and seed give the same value, other seeds another', async () => {
  const [first, again] = [await run({ point: 3 }, 2), await run({ point: 3 }, 2)];
  assert.deepEqual(first, again);
  assert.notEqual(first[0]?.metrics['value'], first[1]?.metrics['value']);
  assert.equal(first[0]?.outcome, 'converged');
});

test('divergence is an outcome with a value that is not finite', async () => {
  const [result] = await run({ behaviour: 'diverge' });
  assert.equal(result?.outcome, 'diverged');
  assert.equal(result?.metrics['value'], Infinity);
});

test('a failure asked for is a failure', async () => {
  await assert.rejects(run({ behaviour: 'throw' }), /as asked/);
});

test('share picks that fraction of the trials', async () => {
  const results = await run({ behaviour: 'diverge', share: 0.25 }, 2000);
  const diverged = results.filter(({ outcome }) => outcome === 'diverged').length;
  // Binomial(2000, 1/4): mean 500, standard deviation 19.4; five of them on either side.
  assert(Math.abs(diverged - 500) < 97, `${diverged} of 2000 diverged`);
});

test('an abort ends a wait at once with the outcome stopped', async () => {
  const [result] = await run({ durationMs: 3_600_000 }, 1, AbortSignal.abort());
  assert.equal(result?.outcome, 'stopped');
});

test('a trace has the length that was asked for', async () => {
  const [result] = await run({ traceLength: 4 });
  assert.deepEqual([...(result?.traces['ramp'] as Float64Array)], [0, 1, 2, 3]);
});
