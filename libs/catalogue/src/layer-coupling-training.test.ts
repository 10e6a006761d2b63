import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { layerCouplingTraining } from './layer-coupling-training.ts';

const [every, below, fastest] = layerCouplingTraining.claims as [Claim, Claim, Claim];
const identity = '1,0,0;0,1,0;0,0,1';
const definite = '2,0,0;0,1,0;0,0,1';
const indefinite = '1,1,0;1,1,1;0,1,1';
const singular = '1,1,1;1,1,1;1,1,1';

const trial = (params: object, metrics: Measurement['metrics'], seed = 0): Measurement => ({
  params: layerCouplingTraining.parameters.parse({ approximation: 'layer-wise', coupling: identity, ...params }),
  seed,
  outcome: 'converged',
  metrics,
});

test('one Σ off the curve refutes that all follow it; narrow networks and c > 1 do not count', () => {
  const at = (deviationFromIsotropy: number | null, params: object = {}) => trial(params, { deviationFromIsotropy });
  const others = [at(0.9, { width: 64 }), at(0.9, { learningRateScale: 1.5 })];
  assert.equal(every.judge([at(0.05), ...others]).status, 'reproduced');
  assert.equal(every.judge([at(0.05), at(0.3, { coupling: definite })]).status, 'not reproduced');
  assert.equal(every.judge([at(0.05), at(null)]).status, 'not reproduced');
  assert.equal(every.judge([at(0.05, { damping: 0.1 })]).status, 'undecided');
});

test('Σ outside the theorem stands in the detail and decides nothing', () => {
  const at = (deviationFromIsotropy: number | null, coupling: string) => trial({ coupling }, { deviationFromIsotropy });
  const good = at(0.05, identity);
  for (const coupling of [indefinite, singular]) {
    const { status, measured, detail } = every.judge([good, at(0.3, coupling)]);
    assert.equal(status, 'reproduced');
    assert.ok(!measured.includes(coupling) && detail!.includes(`Σ = (${coupling}) 0.3 `));
    assert.equal(every.judge([at(0.05, coupling)]).status, 'undecided');
  }
  assert.equal(every.judge([good]).detail, undefined);
});

test('every c below 2 must reach the target loss; beyond 2 the paper says nothing of a finite network', () => {
  const at = (learningRateScale: number, stepsToLoss: number | null, params: object = {}) =>
    trial({ learningRateScale, ...params }, { stepsToLoss });
  assert.equal(below.judge([at(0.5, 8), at(1.5, 9), at(2.5, null)]).status, 'reproduced');
  assert.equal(below.judge([at(0.5, 8), at(1.5, null), at(2.5, null)]).status, 'not reproduced');
  assert.match(below.judge([at(0.5, 8), at(2.5, 4)]).detail!, /c > 2 1 of 1/);
  assert.equal(below.judge([at(2.5, 4)]).status, 'undecided');
});

test('convergence below 2 is judged at the widest network and for positive definite Σ', () => {
  const at = (stepsToLoss: number | null, params: object = {}) =>
    trial({ learningRateScale: 1.5, ...params }, { stepsToLoss });
  const narrow = at(null, { width: 64 });
  assert.equal(below.judge([at(9), narrow]).status, 'reproduced');
  assert.match(below.judge([at(9), narrow]).measured, /^1 of 1 trials .* at width 1024$/);
  assert.equal(below.judge([at(null), at(9, { width: 64 })]).status, 'not reproduced');
  const other = below.judge([at(9), at(null, { coupling: singular })]);
  assert.equal(other.status, 'reproduced');
  assert.match(other.detail!, /indefinite or singular and c < 2 0 of 1/);
});

test('c = 1 must converge in one step at the widest network, not only before every other c', () => {
  const at = (learningRateScale: number, stepsToLoss: number | null, params: object = {}) =>
    trial({ learningRateScale, ...params }, { stepsToLoss, deviationFromIsotropy: 0.08 });
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4), at(1.5, null)]).status, 'reproduced');
  const refuted = fastest.judge([at(1, 2), at(0.5, 4)]);
  assert.equal(refuted.status, 'not reproduced');
  assert.match(refuted.detail!, /at most 0\.08 .* fewer steps in 1 of 1 groups/);
  assert.match(fastest.judge([at(1, 3), at(1.5, 2)]).detail!, /fewer steps in 0 of 1 groups/);
  const narrow = [at(1, 5, { width: 64 }), at(0.5, 4, { width: 64 })];
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4), ...narrow]).status, 'reproduced');
  assert.equal(fastest.judge([at(1, 1), at(1, 3, { coupling: definite })]).status, 'not reproduced');
  assert.equal(fastest.judge([at(1, 1), at(1, 3, { coupling: indefinite })]).status, 'reproduced');
  assert.equal(fastest.judge([at(1, null), at(0.5, null)]).status, 'not reproduced');
  assert.equal(fastest.judge([at(0.5, 4)]).status, 'undecided');
});
