import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { tridiagonalCoupling } from './tridiagonal-coupling.ts';

const [alpha, definite, singular, noLimit, least] = tridiagonalCoupling.claims as [Claim, Claim, Claim, Claim, Claim];

interface Planted {
  readonly alpha?: number;
  readonly anisotropicPart?: number;
  readonly smallestCouplingEigenvalue?: number;
  readonly zeroCouplingEigenvalues?: number;
  readonly smallestCouplingCurvature?: number;
}

const trial = (depth: number, planted: Planted): Measurement => ({
  params: tridiagonalCoupling.parameters.parse({ depth }),
  seed: 0,
  outcome: 'converged',
  metrics: { anisotropicPart: 0, ...planted },
});

test('α must be s and s + 1 at the regular depths, and the response isotropic', () => {
  assert.equal(
    alpha.judge([trial(3, { alpha: 1 }), trial(4, { alpha: 2 }), trial(5, { alpha: 9 })]).status,
    'reproduced',
  );
  assert.equal(alpha.judge([trial(3, { alpha: 1.01 })]).status, 'not reproduced');
  assert.equal(alpha.judge([trial(3, { alpha: 1, anisotropicPart: 0.1 })]).status, 'not reproduced');
  assert.equal(alpha.judge([trial(5, { alpha: 2 })]).status, 'undecided');
});

test('one negative eigenvalue at a regular depth refutes positive definiteness', () => {
  const good = trial(3, { smallestCouplingEigenvalue: 0.1 });
  assert.equal(definite.judge([good]).status, 'reproduced');
  assert.equal(definite.judge([good, trial(4, { smallestCouplingEigenvalue: -0.618 })]).status, 'not reproduced');
  assert.equal(definite.judge([trial(5, { smallestCouplingEigenvalue: -1 })]).status, 'undecided');
});

test('Σ must be singular at 3s + 2 and only there', () => {
  const [three, five] = [trial(3, { zeroCouplingEigenvalues: 0 }), trial(5, { zeroCouplingEigenvalues: 1 })];
  assert.equal(singular.judge([three, five]).status, 'reproduced');
  assert.equal(singular.judge([trial(3, { zeroCouplingEigenvalues: 1 }), five]).status, 'not reproduced');
  assert.equal(singular.judge([three, trial(5, { zeroCouplingEigenvalues: 0 })]).status, 'not reproduced');
  assert.equal(singular.judge([three]).status, 'undecided');
});

test('the instability at singular depths is what the response shows as ρ → 0, at every such depth', () => {
  const damped = (depth: number, damping: number, anisotropicPart: number): Measurement => {
    const m = trial(depth, { anisotropicPart });
    return { ...m, params: { ...m.params, damping } };
  };
  const calm = [damped(5, 1e-2, 3), damped(5, 1e-10, 1e-6)];
  assert.equal(noLimit.judge(calm).status, 'not reproduced');
  assert.match(noLimit.judge(calm).detail!, /L = 5: 3 \(ρ = 0\.01\), 0\.000001 \(ρ = 1e-10\)/);
  const wild = [damped(5, 1e-2, 0), damped(5, 1e-10, 3)];
  assert.equal(noLimit.judge(wild).status, 'reproduced');
  assert.equal(noLimit.judge([...wild, damped(8, 1e-10, 0)]).status, 'not reproduced');
  assert.equal(noLimit.judge([trial(5, { anisotropicPart: 3 }), damped(4, 1e-10, 3)]).status, 'undecided');
});

test('a damped trial says nothing about damping 0', () => {
  const far = trial(3, { alpha: 7 });
  const damped = { ...far, params: { ...far.params, damping: 0.1 } };
  assert.equal(alpha.judge([trial(3, { alpha: 1 }), damped]).status, 'reproduced');
});

test('one regular depth at which Σ is negative along exchanges of layers refutes the least norm', () => {
  const at = (depth: number, smallestCouplingCurvature: number) => trial(depth, { smallestCouplingCurvature });
  assert.equal(least.judge([at(1, 3), at(3, 0)]).status, 'reproduced');
  assert.equal(least.judge([at(1, 3), at(3, -1 / 3)]).status, 'not reproduced');
  assert.equal(least.judge([trial(3, {})]).status, 'not reproduced');
  assert.equal(least.judge([at(5, -1)]).status, 'undecided');
});
