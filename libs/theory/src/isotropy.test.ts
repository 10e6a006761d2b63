import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { blockTridiagonalCoupling } from '@natsweep/models';
import type { Architecture } from '@natsweep/models';
import { blockTridiagonalAlpha, isotropyConstant } from './isotropy.ts';

const engine = createReferenceEngine();
const figureS1: Architecture = {
  widths: [784, 4096, 4096, 1],
  activation: { name: 'relu' },
  weightVariance: 2,
  biasVariance: 0.5,
};

test('the block-tridiagonal α is 1ᵀΣ⁺1 for every depth', () => {
  for (let depth = 1; depth <= 16; depth++) {
    const sigma = engine.tensor(blockTridiagonalCoupling(depth).flat(), [depth, depth]);
    const { solution, rank } = engine.leastSquares(sigma, engine.full([depth, 1], 1), { rcond: 1e-10 });
    const alpha = engine.read(engine.reduce('sum', solution))[0]!;
    assertClose(blockTridiagonalAlpha(depth), alpha, tolerances.float64.factorised);
    assert.equal(rank[0], depth % 3 === 2 ? depth - 1 : depth);
  }
});

test('α of the other approximations: 1, L, NL, N(L − 1) + M0', () => {
  const options = { samples: 100 };
  assert.equal(isotropyConstant('exact', figureS1, options), 1);
  assert.equal(isotropyConstant('block-diagonal', figureS1, options), 3);
  assert.equal(isotropyConstant('kfac', figureS1, options), 300);
  assert.equal(isotropyConstant('kfac', figureS1, { samples: 1000 }), 1000 * 2 + 784);
});

test('unit-wise α/M is what the caption of Fig. S.1 prints: 2 for tanh, 1 for ReLU, 1.723… for shifted ReLU', () => {
  const ratio = (activation: Architecture['activation']) =>
    (isotropyConstant('unit-wise', { ...figureS1, activation }, { samples: 100 }) - 1) / 4096;
  assert.equal(ratio({ name: 'tanh' }), 2);
  assert.equal(ratio({ name: 'relu' }), 1);
  assertClose(ratio({ name: 'shifted-relu', shift: 1 }), 1.7239601, { rtol: 1e-7, atol: 0 });
});
