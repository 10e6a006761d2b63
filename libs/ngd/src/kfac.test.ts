import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { UnsupportedNetworkError, factorDampings } from '@natsweep/models';
import type { KfacForm } from '@natsweep/models';
import { explicitKfacMetric, smallNetwork } from '@natsweep/models/testing';
import { blockDiagonal } from './block-diagonal.ts';
import { kfac } from './kfac.ts';
import { explicitGradient, explicitStep, layerResponses } from './testing/explicit-metric.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;

const forms = (['factors', 'pi', 'exact'] as const).flatMap((damping) =>
  (['augmented', 'separate'] as const).map((bias): KfacForm => ({ damping, bias })),
);

for (const form of forms)
  for (const biasVariance of [0, 0.4])
    test(`K-FAC damped by ${form.damping} is the explicit inverse of its metric (${form.bias} biases, σ_b² = ${biasVariance})`, () => {
      const { at, residual } = smallNetwork(engine, { widths: [4, 5, 4, 1], samples: 3, biasVariance });
      const direction = kfac(form).direction(engine, at, residual, { damping: 0.07 });
      const metric = explicitKfacMetric(engine, at, { damping: 0.07, form });
      const expected = engine.solve(metric, explicitGradient(engine, at, residual));
      assertClose(engine.read(explicitStep(engine, at, direction)), engine.read(expected), factorised);
    });

test('the three dampings differ, and tend to one limit at ρ = 0', () => {
  const { at, residual } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples: 3 });
  for (const bias of ['augmented', 'separate'] as const) {
    const step = (damping: KfacForm['damping'], rho: number) =>
      engine.read(explicitStep(engine, at, kfac({ damping, bias }).direction(engine, at, residual, { damping: rho })));
    const limit = step('factors', 0);
    const gap = (damping: KfacForm['damping'], rho: number, to = limit) =>
      Math.hypot(...step(damping, rho).map((value, i) => value - to[i]!)) / Math.hypot(...limit);
    for (const damping of ['factors', 'pi', 'exact'] as const) {
      assert.equal(gap(damping, 0), 0);
      // pi adds √ρ to the factors
      assert.ok(gap(damping, 1e-14) < 1e-3 && gap(damping, 1e-14) < gap(damping, 1e-4), damping);
    }
    assert.ok(gap('pi', 0.01, step('factors', 0.01)) > 0.05);
    assert.ok(gap('exact', 0.01, step('pi', 0.01)) > 0.05);
  }
});

test('one damping in both factors scales them alike, π as it scales the network', () => {
  assert.deepEqual(
    factorDampings('factors', 0.09, {
      signals: { trace: 1, dimension: 1 },
      inputs: { trace: 8, dimension: 2 },
    }),
    { signals: 0.09, inputs: 0.09 },
  );
  assertClose(
    Object.values(
      factorDampings('pi', 0.09, { signals: { trace: 1, dimension: 1 }, inputs: { trace: 8, dimension: 2 } }),
    ),
    [0.15, 0.6],
  );
});

test('every layer responds with N times the residual: α = NL, with and without biases', () => {
  for (const biasVariance of [0, 0.4]) {
    const { at, residual } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples: 4, biasVariance });
    const direction = kfac().direction(engine, at, residual, { damping: 0 });
    const expected = engine.read(residual).map((value) => 4 * value);
    for (const part of layerResponses(engine, at, direction)) assertClose(part, expected, factorised);
  }
});

test('biases in a block of their own add N to every layer but the last, which moves only the mean (S.123)', () => {
  const { at, residual } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples: 4, biasVariance: 0.4 });
  const direction = kfac({ damping: 'factors', bias: 'separate' }).direction(engine, at, residual, { damping: 0 });
  const g = engine.read(residual);
  const mean = g.reduce((sum, value) => sum + value) / 4;
  layerResponses(engine, at, direction).forEach((part, index) =>
    assertClose(
      part,
      g.map((value) => 4 * value + 4 * (index < 2 ? value : mean)),
      factorised,
    ),
  );
});

test('with M0 < N the first layer responds with N times the leverage scores (S.109)', () => {
  const { at, inputs, residual } = smallNetwork(engine, { widths: [3, 9, 9, 1], samples: 5, biasVariance: 0 });
  const direction = kfac().direction(engine, at, residual, { damping: 0 });
  assert.equal(direction.statistics.method, 'eigendecomposition');
  const gram = engine.matmul(inputs, inputs, { transposeA: true });
  const leverage = engine.read(engine.diagonal(engine.matmul(inputs, engine.solve(gram, engine.transpose(inputs)))));
  const g = engine.read(residual);
  const [first, ...others] = layerResponses(engine, at, direction);
  assertClose(
    first!,
    g.map((value, n) => 5 * leverage[n]! * value),
    factorised,
  );
  for (const part of others)
    assertClose(
      part,
      g.map((value) => 5 * value),
      factorised,
    );
});

test('on one datum K-FAC is the block-diagonal Fisher matrix', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 5, 5, 1], samples: 1 });
  const step = (rule: ReturnType<typeof kfac>) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0 })));
  assertClose(step(kfac()), step(blockDiagonal()), factorised);
});

test('more than one output is refused', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 5, 2], samples: 2 });
  assert.throws(() => kfac().direction(engine, at, residual, { damping: 0 }), UnsupportedNetworkError);
});
