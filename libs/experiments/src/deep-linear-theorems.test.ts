import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { deepLinearTheorems } from './deep-linear-theorems.ts';

const engine = createReferenceEngine();
const { declaration } = deepLinearTheorems;
type Given = Parameters<typeof declaration.parameters.parse>[0];

async function resultOf(params: Given, seed = 0, signal = new AbortController().signal) {
  const trials = [{ trialId: 'one', params: declaration.parameters.parse(params), seed }];
  const before = engine.liveTensors();
  const context = { engine, signal, progress: () => {} };
  const results = [];
  for await (const result of deepLinearTheorems.run(trials, context)) results.push(result);
  assert.equal(engine.liveTensors(), before);
  return results[0]!;
}

const metricsOf = async (params: Given, seed = 0) => (await resultOf(params, seed)).metrics;

test('natural gradient descent is invariant under invertible maps in both regimes, gradient descent is not', async () => {
  for (const samples of [5, 12]) {
    const metrics = await metricsOf({ theorem: 'invariance', samples, dimension: 7, steps: 100 });
    assert.ok(metrics['deviation']! < 1e-9, `deviation ${metrics['deviation']}`);
    assert.ok(metrics['egdDeviation']! > 0.01);
  }
});

test('logits of linear and non-linear classifiers follow the closed-form flow, closer as η → 0', async () => {
  for (const params of [
    { model: 'diagonal' as const, depth: 2 },
    { model: 'network' as const, depth: 2, width: 24 },
  ]) {
    const given = { theorem: 'logits' as const, samples: 6, dimension: 9, ...params };
    const coarse = await metricsOf({ ...given, learningRate: 0.04, steps: 100 });
    const fine = await metricsOf({ ...given, learningRate: 0.01, steps: 400 });
    assert.ok(coarse['deviation']! < 0.1);
    assert.ok(fine['deviation']! < 0.4 * coarse['deviation']!, `${fine['deviation']} against ${coarse['deviation']}`);
  }
});

test('logits against the labels have no spread that could pass for a small one', async () => {
  const given = { theorem: 'logits', model: 'network', depth: 2, width: 24, samples: 6, dimension: 9 } as const;
  const params = { ...given, learningRate: 1e-3, steps: 1 };
  // after one small step the margins are those of the random start, whose mean is negative for seed 1 and positive for seed 0
  assert.equal((await metricsOf(params, 1))['logitSpread'], Infinity);
  assert.ok((await metricsOf(params, 0))['logitSpread']! > 0);
});

test('a run whose margins leave the flow altogether has diverged, one that is cut short has stopped', async () => {
  const given = { theorem: 'logits', model: 'network', depth: 3, width: 2, samples: 9, dimension: 9 } as const;
  const wild = await resultOf({ ...given, learningRate: 1, steps: 60 });
  assert.equal(wild.outcome, 'diverged');
  assert.equal(wild.metrics['deviation'], Infinity);
  const tame = { theorem: 'logits', samples: 6, dimension: 9 } as const;
  assert.equal((await resultOf({ ...tame, steps: 10 })).outcome, 'converged');
  const controller = new AbortController();
  const running = resultOf({ ...tame, steps: 1_000_000 }, 0, controller.signal);
  controller.abort();
  assert.equal((await running).outcome, 'stopped');
});

test('the pseudo-inverse finds the least-squares direction for one layer, and drifts from it for two', async () => {
  const given = { theorem: 'interpolant' as const, samples: 4, dimension: 10, learningRate: 0.05, steps: 400 };
  const direct = await metricsOf({ ...given, depth: 1 });
  assertClose(direct['interpolantCosine']!, 1, { rtol: 1e-6, atol: 0 });
  const deep = await metricsOf({ ...given, depth: 2 });
  assert.ok(deep['interpolantCosine']! < 0.99);
  assert.ok(deep['sparseInterpolantCosine']! > direct['sparseInterpolantCosine']!);
});

test('the printed counterexample of App. D shows ℓ1 separators; the corrected one still refutes invariance', async () => {
  const metrics = await metricsOf({ theorem: 'margin-transform' });
  const [corrected, mapped] = [
    [2 / 13, -3 / 13],
    [-1 / 10, -2 / 5],
  ] as const;
  const distance = Math.hypot(mapped[0] - corrected[0], mapped[1] - corrected[1]) / Math.hypot(...corrected);
  assertClose(metrics['deviation']!, distance, { rtol: 1e-6, atol: 0 });
  assert.ok(metrics['printedDistance']! > 0.1);
  assertClose(metrics['printedDistanceL1']!, 0, { rtol: 0, atol: 1e-9 });
});

test('least squares has the invariance of natural gradient flow', async () => {
  for (const samples of [5, 12])
    assertClose((await metricsOf({ theorem: 'ols-transform', samples, dimension: 7 }))['deviation']!, 0);
});

test('combinations without a meaning are refused', () => {
  const refusal = (params: Given) => declaration.refuse?.(declaration.parameters.parse(params));
  assert.match(refusal({ theorem: 'invariance', model: 'network' })!, /linear models/);
  assert.match(refusal({ theorem: 'invariance', depth: 2 })!, /depth must be 1/);
  assert.match(refusal({ theorem: 'logits', samples: 30 })!, /samples ≤ dimension/);
  assert.match(refusal({ theorem: 'interpolant', samples: 20 })!, /samples < dimension/);
  assert.equal(refusal({ theorem: 'logits', model: 'network', depth: 2, samples: 30 }), undefined);
});
