import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { kfacForster } from './kfac-forster.ts';

const [leverage, isotropic, training, separate, augmented] = kfacForster.claims as [Claim, Claim, Claim, Claim, Claim];
const trial = (preprocessing: string, metrics: Measurement['metrics'], width = 512): Measurement => ({
  params: kfacForster.parameters.parse({ preprocessing, width }),
  seed: 0,
  outcome: 'step-limit',
  metrics,
});

test('raw inputs must show the condition number that their leverage scores give', () => {
  const raw = (condition: number, conditionTheory: number) => trial('none', { condition, conditionTheory });
  assert.equal(leverage.judge([raw(1.15, 1.1501)]).status, 'reproduced');
  assert.equal(leverage.judge([raw(1.15, 1.1501), raw(1.15, 1.3)]).status, 'not reproduced');
  assert.equal(leverage.judge([raw(1.001, 1.001)]).status, 'not reproduced');
  assert.equal(leverage.judge([trial('forster', {})]).status, 'undecided');
});

test('transformed inputs must be isotropic with the α of S.111', () => {
  const transformed = (condition: number, alpha: number) => trial('forster', { condition, alpha, alphaTheory: 200 });
  assert.equal(isotropic.judge([transformed(1.0001, 200.1)]).status, 'reproduced');
  assert.equal(isotropic.judge([transformed(1.01, 200)]).status, 'not reproduced');
  assert.equal(isotropic.judge([transformed(1, 202)]).status, 'not reproduced');
  assert.equal(isotropic.judge([]).status, 'undecided');
});

test('training is judged at the widest network, and a diverged trial counts', () => {
  const at = (deviationFromIsotropy: number | null, width: number) =>
    trial('forster', { deviationFromIsotropy }, width);
  assert.equal(training.judge([at(0.05, 512), at(0.9, 256)]).status, 'reproduced');
  assert.equal(training.judge([at(0.05, 512), at(null, 512)]).status, 'not reproduced');
  assert.equal(training.judge([trial('none', {})]).status, 'undecided');
});

test('M0 ≥ N is refused: there K-FAC needs no Forster transformation', () => {
  const params = kfacForster.parameters.parse({ samples: 40, inputDimension: 40 });
  assert.match(kfacForster.refuse!(params) ?? '', /M_0 < N.*M_0 = 40 and samples = 40/);
});

test('biases are judged apart: isotropy there needs condition number 1', () => {
  const biased = (condition: number): Measurement => {
    const m = trial('forster', { condition, conditionTheory: 1.2, alpha: 200, alphaTheory: 200 });
    return { ...m, params: { ...m.params, biasVariance: 0.5 } };
  };
  assert.equal(separate.judge([biased(1.0001)]).status, 'reproduced');
  assert.equal(separate.judge([biased(1.0001), biased(1.2)]).status, 'not reproduced');
  const { detail } = separate.judge([biased(1.2), biased(1.26)]);
  assert.match(
    detail!,
    /11ᵀ\/N, where S\.124 prints 11ᵀ.* once, N more \(N² more as printed\).*S\.123 by at most 0\.05 /,
  );
  assert.equal(separate.judge([trial('forster', { condition: 1 })]).status, 'undecided');
  for (const claim of [isotropic, training]) assert.equal(claim.judge([biased(1)]).status, 'undecided');
});

test('with the bias among the transformed inputs α has one input more, and one anisotropic trial refutes it', () => {
  const at = (condition: number, alpha: number, params: object = {}): Measurement => ({
    ...trial('forster', { condition, alpha }),
    params: kfacForster.parameters.parse({
      preprocessing: 'forster',
      kfacBias: 'augmented',
      biasVariance: 0.5,
      samples: 80,
      inputDimension: 40,
      depth: 3,
      ...params,
    }),
  });
  assert.equal(augmented.judge([at(1, 201)]).status, 'reproduced');
  assert.equal(augmented.judge([at(1, 200)]).status, 'not reproduced');
  assert.equal(augmented.judge([at(1, 201), at(1.2, 201)]).status, 'not reproduced');
  assert.equal(augmented.judge([at(1, 201, { kfacBias: 'separate' })]).status, 'undecided');
  const refusal = (params: object) => kfacForster.refuse!(kfacForster.parameters.parse(params)) ?? '';
  assert.match(refusal({ samples: 80, kfacBias: 'augmented' }), /needs biases/);
  assert.match(refusal({ samples: 41, kfacBias: 'augmented', biasVariance: 0.5 }), /as many as samples/);
});
