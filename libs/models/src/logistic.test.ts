import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { logFisherWeight, logLogisticLoss, logResidualWeight, naturalMarginStep } from './logistic.ts';

const engine = createReferenceEngine();
const sigmoid = (u: number) => 1 / (1 + Math.exp(-u));
const ordinary = [-20, -3, -0.5, 0, 0.1, 2, 15];
const on = (values: readonly number[]) => engine.tensor(values, [values.length]);

test('logarithms of residual weight, Fisher weight and loss are those of their definitions', () => {
  assertClose(
    engine.read(logResidualWeight(engine, on(ordinary))),
    ordinary.map((u) => Math.log(sigmoid(-u))),
  );
  assertClose(
    engine.read(logFisherWeight(engine, on(ordinary))),
    ordinary.map((u) => Math.log(sigmoid(u)) + Math.log(sigmoid(-u))),
  );
  assertClose(
    engine.read(logLogisticLoss(engine, on(ordinary))),
    ordinary.map((u) => Math.log(Math.log1p(Math.exp(-u)))),
  );
});

test('they stay finite and follow their limits at margins of ±10⁵', () => {
  const far = [-1e5, 1e5];
  assert.deepEqual([...engine.read(logResidualWeight(engine, on(far)))].map(Math.abs), [0, 1e5]);
  assert.deepEqual([...engine.read(logFisherWeight(engine, on(far)))], [-1e5, -1e5]);
  assertClose(engine.read(logLogisticLoss(engine, on(far))), [Math.log(1e5), -1e5]);
});

test('the natural step of a margin is residual over Fisher weight, clipped for badly wrong data', () => {
  const step = engine.read(naturalMarginStep(engine, on(ordinary), 40));
  assertClose(
    step,
    ordinary.map((u) => sigmoid(-u) / (sigmoid(u) * sigmoid(-u))),
    { rtol: 1e-10, atol: 0 },
  );
  assertClose(engine.read(naturalMarginStep(engine, on([1e4, -1e4]), 30)), [1, 1 + Math.exp(30)]);
});
