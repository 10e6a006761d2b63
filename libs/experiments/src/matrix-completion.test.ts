import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { matrixCompletion } from './matrix-completion.ts';
import type { TrialResult } from './experiment.ts';

const engine = createReferenceEngine();
const { declaration } = matrixCompletion;
type Given = Parameters<typeof declaration.parameters.parse>[0];

async function run(cases: readonly { readonly params: Given; readonly seed: number }[]): Promise<TrialResult[]> {
  const trials = cases.map(({ params, seed }, index) => ({
    trialId: String(index),
    params: declaration.parameters.parse(params),
    seed,
  }));
  const context = { engine, signal: new AbortController().signal, progress: () => {} };
  const results: TrialResult[] = [];
  for await (const result of matrixCompletion.run(trials, context)) results.push(result);
  return results;
}

const base = { size: 10, rank: 1, observations: 60, targetError: 1e-5, steps: 3000 };

test('a batch over seeds, scales, rates and observations gives what each trial gives alone, and frees its tensors', async () => {
  const cases = [
    { params: { ...base, steps: 60 }, seed: 0 },
    { params: { ...base, steps: 60, learningRate: 0.003, observations: 40 }, seed: 1 },
    { params: { ...base, steps: 60, initialScale: 0.1, collapsedFrom: 3 }, seed: 1 },
  ];
  const before = engine.liveTensors();
  const together = await run(cases);
  assert.equal(engine.liveTensors(), before);
  for (const [index, given] of cases.entries()) {
    const [alone] = await run([given]);
    for (const name of ['testError', 'trainError', 'effectiveRank', 'leastNuclearNorm'])
      assertClose(together[index]!.metrics[name]!, alone!.metrics[name]!, { rtol: 1e-9, atol: 0 });
  }
});

test('trials that end leave the batch, and each keeps the residuals of its own systems', async () => {
  const small = { size: 5, rank: 1, observations: 15, targetError: 0.01, steps: 40 };
  const ngd = { ...small, method: 'ngd' as const, fisher: 'observed' as const, initialScale: 0.1 };
  const cases = [
    { params: { ...ngd, learningRate: 0.5 }, seed: 0 },
    { params: { ...ngd, learningRate: 0.1 }, seed: 1 },
    { params: { ...ngd, learningRate: 0.2, observations: 12 }, seed: 2 },
  ];
  const together = await run(cases);
  assert.equal(new Set(together.map(({ metrics }) => metrics['stepsTaken'])).size, 3);
  assert.equal(new Set(together.map(({ metrics }) => metrics['solveResidual'])).size, 3);
  for (const [index, given] of cases.entries()) {
    const [alone] = await run([given]);
    assert.equal(together[index]!.outcome, alone!.outcome);
    for (const name of ['stepsTaken', 'solveResidual', 'testError', 'unobservedDrift'])
      assertClose(together[index]!.metrics[name]!, alone!.metrics[name]!, { rtol: 1e-9, atol: 0 });
    assertClose(together[index]!.traces['trainError']!, alone!.traces['trainError']!, { rtol: 1e-9, atol: 0 });
  }
});

test('gradient descent of the trials that stay goes on as if none had left', async () => {
  const egd = { ...base, depth: 2, targetError: 0.05, initialScale: 0.1, steps: 400 };
  const cases = [
    { params: { ...egd, learningRate: 0.01 }, seed: 0 },
    { params: { ...egd, learningRate: 0.002, observations: 30 }, seed: 1 },
  ];
  const together = await run(cases);
  assert.notEqual(together[0]!.metrics['stepsTaken'], together[1]!.metrics['stepsTaken']);
  for (const [index, given] of cases.entries()) {
    const [alone] = await run([given]);
    for (const name of ['stepsTaken', 'testError'])
      assertClose(together[index]!.metrics[name]!, alone!.metrics[name]!, { rtol: 1e-9, atol: 0 });
  }
});

test('the start has ‖β‖_F near initialScale √n at every depth, collapsed or not', async () => {
  for (const params of [{ depth: 1 }, { depth: 2 }, { depth: 3 }, { depth: 2, collapsedFrom: 6 }]) {
    const given = { ...base, initialScale: 1e-3, learningRate: 1e-15, steps: 1, ...params };
    const results = await run([0, 1, 2].map((seed) => ({ params: given, seed })));
    const norms = results.map(({ metrics }) => metrics['nuclearNorm']! / (1e-3 * Math.sqrt(10)));
    const mean = norms.reduce((sum, norm) => sum + norm, 0) / norms.length;
    // the nuclear norm lies between the Frobenius norm and √n times it
    assert.ok(mean > 0.7 && mean < 1.3 * Math.sqrt(10), `${JSON.stringify(params)}: ${mean}`);
  }
});

test('two and three factors recover the matrix; one leaves unobserved entries where they were', async () => {
  for (const depth of [2, 3]) {
    const [result] = await run([{ params: { ...base, depth }, seed: 0 }]);
    assert.equal(result!.outcome, 'converged');
    assert.ok(result!.metrics['testError']! < 0.01, `L = ${depth}: test error ${result!.metrics['testError']}`);
    assertClose(result!.metrics['effectiveRank']!, 1, { rtol: 0.1, atol: 0 });
  }
  const [direct] = await run([{ params: { ...base, depth: 1 }, seed: 0 }]);
  assert.equal(direct!.metrics['unobservedDrift'], 0);
  assertClose(direct!.metrics['testError']!, direct!.metrics['trivialError']!, { rtol: 1e-4, atol: 0 });
});

test('natural gradient descent with F = I tends to the trivial completion as η → 0, that of observed entries does not', async () => {
  const ngd = { ...base, method: 'ngd' as const, initialScale: 1, targetError: 1e-4 };
  const drifts = [];
  for (const learningRate of [0.05, 0.025]) {
    const [result] = await run([{ params: { ...ngd, learningRate, steps: 12 / learningRate }, seed: 1 }]);
    assert.equal(result!.outcome, 'converged');
    drifts.push(result!.metrics['unobservedDrift']!);
  }
  assert.ok(drifts[1]! < 0.7 * drifts[0]!, `drifts ${drifts.join(', ')}`);
  const observed = { ...ngd, fisher: 'observed' as const, learningRate: 0.1, steps: 100, initialScale: 0.1 };
  const [moved] = await run([{ params: observed, seed: 1 }]);
  assert.ok(moved!.metrics['unobservedDrift']! > 0.3);
  assert.ok(moved!.metrics['testError']! < 0.7 * moved!.metrics['trivialError']!);
});

test('a step that is far too large ends as diverged', async () => {
  const [result] = await run([
    { params: { ...base, method: 'ngd', naturalRule: 'split', depth: 3, learningRate: 5, steps: 50 }, seed: 0 },
  ]);
  assert.equal(result!.outcome, 'diverged');
  assert.ok(Number.isNaN(result!.metrics['testError']));
});

test('combinations without a meaning are refused', () => {
  const refusal = (params: Given) => declaration.refuse?.(declaration.parameters.parse(params));
  assert.match(refusal({ rank: 31 })!, /exceeds size/);
  assert.match(refusal({ observations: 901 })!, /901 observations/);
  assert.match(refusal({ collapsedFrom: 2, depth: 3 })!, /too few factors/);
  assert.equal(refusal({}), undefined);
});
