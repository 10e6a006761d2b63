import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { unitWiseFewInputs } from './unit-wise-few-inputs.ts';

const [fixed, trained] = unitWiseFewInputs.claims as [Claim, Claim];
const trial = (firstLayer: string, condition: number | null, params: object = {}): Measurement => ({
  params: unitWiseFewInputs.parameters.parse({
    approximation: 'unit-wise',
    firstLayer,
    samples: 30,
    inputDimension: 10,
    width: 512,
    ...params,
  }),
  seed: 0,
  outcome: 'converged',
  metrics: { condition, alpha: 51, alphaTheory: 50 },
});

test('with the first layer fixed the metric must be isotropic at the widest network, with its own α', () => {
  assert.equal(fixed.judge([trial('fixed', 1.1), trial('fixed', 3, { width: 64 })]).status, 'reproduced');
  assert.equal(fixed.judge([trial('fixed', 1.5)]).status, 'not reproduced');
  assert.equal(fixed.judge([trial('fixed', 1.1), trial('fixed', null)]).status, 'not reproduced');
  const wrong = { ...trial('fixed', 1.1), metrics: { condition: 1.1, alpha: 100, alphaTheory: 50 } };
  assert.equal(fixed.judge([wrong]).status, 'not reproduced');
  assert.equal(fixed.judge([trial('fixed', 1.1, { inputDimension: 40 })]).status, 'undecided');
});

test('inputs are few where the data have fewer than samples, with the bias, if there is one, as one more', () => {
  const judge = (params: object) => fixed.judge([trial('fixed', 1.1, params)]).status;
  assert.equal(judge({ samples: 11, biasVariance: 0 }), 'reproduced');
  assert.equal(judge({ samples: 11, biasVariance: 0.5 }), 'undecided');
  assert.equal(judge({ samples: 12, biasVariance: 0.5 }), 'reproduced');
  // whatever inputDimension says, an image of MNIST has 784
  assert.equal(judge({ dataset: 'mnist' }), 'undecided');
  assert.equal(judge({ dataset: 'mnist', samples: 800, inputDimension: 1000 }), 'reproduced');
});

test('with the first layer trained the condition number must stay above', () => {
  assert.equal(trained.judge([trial('fixed', 1.1), trial('trained', 1.6)]).status, 'reproduced');
  assert.equal(trained.judge([trial('fixed', 1.1), trial('trained', 1.1)]).status, 'not reproduced');
  assert.equal(trained.judge([trial('trained', 1.6)]).status, 'undecided');
  assert.equal(trained.judge([trial('fixed', 1), trial('trained', 1)]).status, 'not reproduced');
  for (const [ofFixed, ofTrained] of [
    [null, null],
    [null, 1.6],
    [1.1, null],
  ] as const)
    assert.equal(trained.judge([trial('fixed', ofFixed), trial('trained', ofTrained)]).status, 'not reproduced');
});

test('a fixed first layer is refused where it means nothing', () => {
  const refusal = (params: object) => unitWiseFewInputs.refuse!(unitWiseFewInputs.parameters.parse(params)) ?? '';
  assert.match(refusal({ approximation: 'exact', firstLayer: 'fixed' }), /approximation is exact/);
  assert.match(refusal({ approximation: 'unit-wise', firstLayer: 'fixed', depth: 1 }), /nothing to train/);
  assert.equal(refusal({ approximation: 'unit-wise', firstLayer: 'fixed', samples: 30, inputDimension: 10 }), '');
});
