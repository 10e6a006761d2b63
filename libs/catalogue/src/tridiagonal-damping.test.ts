import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { tridiagonalDamping } from './tridiagonal-damping.ts';

const [fourLayers, fiveLayers, poles] = tridiagonalDamping.claims as [Claim, Claim, Claim];

const trial = (depth: number, damping: number, deviation: number | null, peak: number | null): Measurement => ({
  params: tridiagonalDamping.parameters.parse({ approximation: 'block-tridiagonal', depth, damping }),
  seed: 0,
  outcome: peak === null ? 'diverged' : 'converged',
  metrics: { deviationFromIsotropy: deviation, peakLossRatio: peak },
});

test('four layers are judged at the smallest damping alone', () => {
  const near = trial(4, 1e-12, 0.05, 1);
  assert.equal(fourLayers.judge([near, trial(4, 1e-5, null, null)]).status, 'reproduced');
  assert.equal(fourLayers.judge([trial(4, 1e-12, 0.9, 1), trial(4, 1e-3, 0.05, 1)]).status, 'not reproduced');
  assert.equal(fourLayers.judge([trial(4, 1e-12, null, null)]).status, 'not reproduced');
  assert.equal(fourLayers.judge([trial(5, 1e-12, 0.05, 1)]).status, 'undecided');
});

test('five layers explode only if half of the trials at the smallest damping do', () => {
  const calm = trial(5, 1e-12, 0.05, 1);
  assert.equal(fiveLayers.judge([calm, trial(5, 1e-12, null, null)]).status, 'reproduced');
  const verdict = fiveLayers.judge([calm, trial(5, 1e-5, 3, 7)]);
  assert.equal(verdict.status, 'not reproduced');
  assert.match(verdict.detail ?? '', /ρ = 0\.00001/);
  assert.equal(fiveLayers.judge([trial(4, 1e-12, 1, 9)]).status, 'undecided');
});

test('one explosion at depth 4 refutes that only the singular depth needs tuning', () => {
  const five = trial(5, 1e-5, null, null);
  assert.equal(poles.judge([trial(4, 1e-5, 0.1, 1), five]).status, 'reproduced');
  assert.equal(poles.judge([trial(4, 1e-5, null, null), five]).status, 'not reproduced');
  assert.equal(poles.judge([trial(4, 1e-5, 0.1, 1), trial(5, 1e-5, 0.1, 1)]).status, 'not reproduced');
  assert.equal(poles.judge([five]).status, 'undecided');
});

test('a trial without a peak loss that did not diverge is no explosion', () => {
  const lost = { ...trial(5, 1e-12, 0.05, 1), metrics: {} };
  const counted = fiveLayers.judge([lost, lost, trial(5, 1e-12, 0.05, 1)]);
  assert.equal(counted.status, 'not reproduced');
  assert.match(counted.measured, /^0 of 1 trials/);
  assert.equal(fiveLayers.judge([lost]).status, 'undecided');
});
