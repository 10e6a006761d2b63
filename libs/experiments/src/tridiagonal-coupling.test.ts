import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runTrial } from './testing/run-trial.ts';
import { tridiagonalCoupling } from './tridiagonal-coupling.ts';

test('the outputs of moved networks respond with α = s, s + 1, s + 1 for L = 3s, 3s + 1, 3s + 2', async () => {
  for (const depth of [1, 2, 3, 4, 5, 6]) {
    const { metrics } = await runTrial(tridiagonalCoupling, {
      depth,
      inputDimension: 12,
      samples: 6,
      width: 24,
      activation: 'tanh',
      biasVariance: 0.1,
    });
    assert.equal(metrics['alphaTheory'], Math.ceil(depth / 3));
    assert.ok(Math.abs(metrics['alpha']! - metrics['alphaTheory']!) < 1e-6);
    assert.ok(metrics['anisotropicPart']! < 1e-6);
    assert.equal(metrics['zeroCouplingEigenvalues'], depth % 3 === 2 ? 1 : 0);
    // eigenvalues 1 + 2 cos(κπ/(L + 1)) are negative for κ > 2(L + 1)/3
    const negative = Array.from({ length: depth }, (_, i) => i + 1).filter((k) => 3 * k > 2 * (depth + 1)).length;
    assert.equal(metrics['negativeCouplingEigenvalues'], negative);
    // of (1, −1) at L = 2 and (1, −2, 1)/√6 at L = 3, the only symmetric exchanges there
    const curvature = [3, 0, -1 / 3][depth - 1];
    if (curvature !== undefined) assert.ok(Math.abs(metrics['smallestCouplingCurvature']! - curvature) < 1e-12);
  }
});

test('at the singular depth 5 the response becomes isotropic as ρ vanishes', async () => {
  const anisotropy: number[] = [];
  for (const damping of [1e-3, 1e-5, 1e-7, 1e-9]) {
    const params = { depth: 5, inputDimension: 12, samples: 6, width: 24, activation: 'tanh', biasVariance: 0.1 };
    const { metrics } = await runTrial(tridiagonalCoupling, { ...params, damping });
    anisotropy.push(metrics['anisotropicPart']!);
  }
  assert.ok(anisotropy[3]! < 1e-3 && anisotropy[3]! < anisotropy[1]!, anisotropy.join(', '));
});
