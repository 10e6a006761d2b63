import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { kfacForms } from './kfac-forms.ts';

const [augmented, separate, printed, order] = kfacForms.claims as [Claim, Claim, Claim, Claim];
const trial = (params: object, metrics: Measurement['metrics']): Measurement => ({
  params: kfacForms.parameters.parse({ approximation: 'kfac', biasVariance: 0.5, samples: 10, ...params }),
  seed: 0,
  outcome: 'converged',
  metrics,
});

test('each form of the damping must lead to the limit of its biases at its smallest ρ', () => {
  for (const [claim, kfacBias] of [
    [augmented, 'augmented'],
    [separate, 'separate'],
  ] as const) {
    const at = (kfacDamping: string, departure: number | null, damping = 1e-14) =>
      trial({ kfacBias, kfacDamping, damping }, { departure });
    const good = [at('factors', 1e-9), at('pi', 1e-3), at('pi', 0.6, 1e-2)];
    assert.equal(claim.judge(good).status, 'reproduced');
    assert.equal(claim.judge([...good, at('exact', 0.05)]).status, 'not reproduced');
    assert.equal(claim.judge([...good, at('exact', null)]).status, 'not reproduced');
    assert.equal(claim.judge([trial({ approximation: 'exact' }, { departure: 0 })]).status, 'undecided');
  }
  assert.equal(augmented.judge([trial({ biasVariance: 0 }, { departure: 0 })]).status, 'undecided');
});

test('the largest eigenvalue is compared with the printed N(2L − 1 + N), not with 2NL', () => {
  const at = (largestEigenvalue: number) => trial({ kfacBias: 'separate' }, { largestEigenvalue });
  assert.equal(printed.judge([at(10 * 15)]).status, 'reproduced');
  assert.equal(printed.judge([at(10 * 6)]).status, 'not reproduced');
  assert.equal(printed.judge([trial({}, { largestEigenvalue: 150 })]).status, 'undecided');
});

test('the power of ρ is that of each form between its two smallest values', () => {
  const along = (kfacDamping: string, power: number) =>
    [1e-14, 1e-12, 1e-2].map((damping) =>
      trial({ kfacDamping, damping }, { departure: damping > 1e-3 ? 1 : 10 * damping ** power }),
    );
  const good = [...along('factors', 1), ...along('pi', 0.5), ...along('exact', 1)];
  assert.equal(order.judge(good).status, 'reproduced');
  assert.equal(order.judge([...along('factors', 1), ...along('pi', 1)]).status, 'not reproduced');
  assert.equal(order.judge(along('exact', 0.5)).status, 'not reproduced');
  assert.equal(order.judge(good.slice(0, 1)).status, 'undecided');
});
