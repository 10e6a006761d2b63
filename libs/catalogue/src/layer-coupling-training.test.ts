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

test('after every step of c = 1 the residual must vanish with the width for every Σ, and no other c be faster', () => {
  const at = (
    learningRateScale: number,
    stepsToLoss: number | null,
    deviationFromIsotropy: number,
    params: object = {},
  ) => trial({ learningRateScale, ...params }, { stepsToLoss, deviationFromIsotropy });
  const one = (power: number, steps: number | null = 2, params: object = {}) =>
    [64, 256, 1024].map((width) => at(1, steps, 3 * width ** power, { width, ...params }));
  const others = [at(0.5, 4, 0.1), at(1.5, 3, 0.1)];
  const { status, measured, detail } = fastest.judge([...one(-0.5), ...others]);
  assert.equal(status, 'reproduced');
  assert.match(measured, /^largest residual after any step .*-0\.5 .* fewer steps in 1 of 1 groups/);
  assert.match(detail!, /width 1024 0\.0938 .* one in 0 trials/);
  assert.equal(fastest.judge([...one(0), ...others]).status, 'not reproduced', 'a residual that stays');
  assert.equal(fastest.judge([...one(-0.5, 4), ...others]).status, 'not reproduced', 'another c is faster');
  assert.equal(fastest.judge([...one(-0.5, null), ...others]).status, 'not reproduced', 'never reaches the loss');
  const second = (power: number, coupling: string) => [...one(-0.5), ...others, ...one(power, 2, { coupling })];
  assert.equal(fastest.judge(second(0, definite)).status, 'not reproduced', 'one Σ of two');
  assert.equal(fastest.judge(second(0, indefinite)).status, 'reproduced', 'outside the theorem');
  const diverged = one(-0.5).map((m, i) => (i === 2 ? { ...m, metrics: {} } : m));
  assert.equal(fastest.judge([...diverged, ...others]).status, 'not reproduced');
  assert.equal(fastest.judge([one(-0.5)[2]!, ...others]).status, 'undecided', 'one width');
  assert.equal(fastest.judge(one(-0.5)).status, 'undecided', 'nothing to race');
});
