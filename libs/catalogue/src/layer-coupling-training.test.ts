import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { layerCouplingTraining } from './layer-coupling-training.ts';

const [every, below, fastest] = layerCouplingTraining.claims as [Claim, Claim, Claim];
const identity = '1,0,0;0,1,0;0,0,1';

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
  assert.equal(every.judge([at(0.05), at(0.3, { coupling: '2,0,0;0,1,0;0,0,1' })]).status, 'not reproduced');
  assert.equal(every.judge([at(0.05), at(null)]).status, 'not reproduced');
  assert.equal(every.judge([at(0.05, { damping: 0.1 })]).status, 'undecided');
});

test('every c below 2 must reach the target loss; beyond 2 the paper says nothing of a finite network', () => {
  const at = (learningRateScale: number, stepsToLoss: number | null) => trial({ learningRateScale }, { stepsToLoss });
  assert.equal(below.judge([at(0.5, 8), at(1.5, 9), at(2.5, null)]).status, 'reproduced');
  assert.equal(below.judge([at(0.5, 8), at(1.5, null), at(2.5, null)]).status, 'not reproduced');
  assert.match(below.judge([at(0.5, 8), at(2.5, 4)]).detail!, /c > 2 1 of 1/);
  assert.equal(below.judge([at(2.5, 4)]).status, 'undecided');
});

test('another c that needs fewer steps refutes that c = 1 is optimal, at the widest network', () => {
  const at = (learningRateScale: number, stepsToLoss: number | null, params: object = {}) =>
    trial({ learningRateScale, ...params }, { stepsToLoss });
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4), at(1.5, null)]).status, 'reproduced');
  const narrow = [at(1, 5, { width: 64 }), at(0.5, 4, { width: 64 })];
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4), ...narrow]).status, 'reproduced');
  const second = { coupling: '2,0,0;0,1,0;0,0,1' };
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4), at(1, 3, second), at(1.5, 2, second)]).status, 'not reproduced');
  assert.equal(fastest.judge([at(1, null), at(0.5, null)]).status, 'not reproduced');
  assert.equal(fastest.judge([at(1, 1), at(0.5, 4, second)]).status, 'undecided');
});
