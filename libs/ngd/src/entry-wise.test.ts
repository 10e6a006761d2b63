import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { applyDirection } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { diagonal } from './diagonal.ts';
import { quasiDiagonal } from './quasi-diagonal.ts';
import {
  explicitGradient,
  explicitStep,
  maskedFisher,
  parameterOwners,
  solveExplicitly,
} from './testing/explicit-metric.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;

for (const classes of [1, 2])
  for (const biasVariance of [0, 0.4])
    test(`diagonal is the explicit inverse of diag F + ρ (C = ${classes}, σ_b² = ${biasVariance})`, () => {
      const { at, residual } = smallNetwork(engine, { widths: [3, 4, 5, classes], samples: 4, biasVariance });
      const direction = diagonal().direction(engine, at, residual, { damping: 0.01 });
      const metric = maskedFisher(engine, at, (i, j) => Number(i === j));
      const expected = solveExplicitly(engine, metric, explicitGradient(engine, at, residual), 0.01);
      assertClose(engine.read(explicitStep(engine, at, direction)), engine.read(expected), factorised);
    });

for (const classes of [1, 2])
  test(`quasi-diagonal is the explicit inverse of the metric with entries F_0iF_0j/F_00 off the diagonal (C = ${classes})`, () => {
    const { at, residual } = smallNetwork(engine, { widths: [3, 4, 5, classes], samples: 6, biasVariance: 0.4 });
    const damping = 0.01;
    const direction = quasiDiagonal().direction(engine, at, residual, { damping });
    const expected = engine.solve(quasiDiagonalMetric(damping), explicitGradient(engine, at, residual));
    assertClose(engine.read(explicitStep(engine, at, direction)), engine.read(expected), factorised);

    function quasiDiagonalMetric(rho: number): Tensor {
      const owners = parameterOwners(at);
      const p = owners.length;
      const fisher = engine.read(maskedFisher(engine, at, () => 1));
      const f = (i: number, j: number) => fisher[i * p + j]! + (i === j ? rho : 0);
      const sameUnit = (i: number, j: number) =>
        owners[i]!.layer === owners[j]!.layer && owners[i]!.unit === owners[j]!.unit;
      // the bias is the last parameter of its unit in θ
      const biasOf = owners.map((_, i) => owners.findLastIndex((__, j) => sameUnit(i, j)));
      const values = Array.from({ length: p * p }, (_, index) => {
        const [i, j] = [Math.floor(index / p), index % p];
        if (!sameUnit(i, j)) return 0;
        const b = biasOf[i]!;
        return i === j || i === b || j === b ? f(i, j) : (f(b, i) * f(b, j)) / f(b, b);
      });
      return engine.tensor(values, [p, p]);
    }
  });

test('without biases quasi-diagonal is diagonal', () => {
  const { at, residual } = smallNetwork(engine, { widths: [3, 4, 1], samples: 4, biasVariance: 0 });
  const step = (rule: ReturnType<typeof diagonal>) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0.1 })));
  assert.deepEqual(step(quasiDiagonal()), step(diagonal()));
});

test('units that no sample activates stay where they are at ρ = 0', () => {
  const { at, residual } = smallNetwork(engine, { widths: [2, 9, 1], samples: 2, activation: { name: 'relu' } });
  const inactive = engine.read(engine.reduce('max', engine.unary('abs', at.signals[0]!), { axis: 0 }));
  assert.ok(inactive.includes(0));
  for (const rule of [diagonal(), quasiDiagonal()])
    assert.ok(
      engine
        .read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0 })))
        .every(Number.isFinite),
    );
});

test('a dense update moves the weights in place, and nothing that was made from them', () => {
  const { at, residual } = smallNetwork(engine, { widths: [3, 4, 1], samples: 4 });
  const { weights } = at.network.layers[0]!;
  const before = engine.read(weights);
  const view = engine.reshape(weights, [-1]);
  const alive = engine.liveTensors();
  const moved = engine.scope(() => {
    const direction = diagonal().direction(engine, at, residual, { damping: 0.1 });
    const first = direction.layers[0]!;
    assert.equal(first.kind, 'dense');
    applyDirection(engine, at.network, direction, 0.5);
    return first.kind === 'dense' ? engine.read(first.weights) : before;
  });
  assert.equal(engine.liveTensors(), alive);
  assertClose(
    engine.read(weights),
    before.map((value, i) => value - 0.5 * moved[i]!),
  );
  assert.deepEqual(engine.read(view), before);
});
