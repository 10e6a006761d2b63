import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measurement } from './declaration.ts';
import { kernelPrediction } from './kernel-prediction.ts';

const [claim] = kernelPrediction.claims;
const trial = (approximation: string, testAccuracy: number, classes = '0,7'): Measurement => ({
  params: kernelPrediction.parameters.parse({ approximation, classes }),
  seed: 0,
  outcome: 'converged',
  metrics: { testAccuracy },
});

test('accuracies are compared within a data set, not between them', () => {
  const binary = [trial('exact', 0.98), trial('kfac', 0.96)];
  const ten = [trial('exact', 0.8, '0,1,2'), trial('block-diagonal', 0.82, '0,1,2')];
  assert.equal(claim!.judge([...binary, ...ten]).status, 'reproduced');
  assert.equal(claim!.judge([...binary, ...ten, trial('block-tridiagonal', 0.7, '0,1,2')]).status, 'not reproduced');
  assert.equal(claim!.judge([trial('exact', 0.98)]).status, 'undecided');
});

test('each data set is judged apart and named', () => {
  const of = (dataset: string, approximation: string, accuracy: number): Measurement => {
    const m = trial(approximation, accuracy);
    return { ...m, params: { ...m.params, dataset } };
  };
  const apart = [of('mnist', 'exact', 0.99), of('mnist', 'kfac', 0.98), of('cifar10', 'exact', 0.7)];
  assert.equal(claim!.judge([...apart, of('cifar10', 'kfac', 0.72)]).status, 'reproduced');
  const { status, measured } = claim!.judge([...apart, of('cifar10', 'kfac', 0.8)]);
  assert.equal(status, 'not reproduced');
  assert.match(measured, /mnist 0,7, N = 100 \(gap 0\.01\).*; cifar10 0,7, N = 100 \(gap 0\.1\)/);
});

test('numbers of samples are judged apart, so that a gap at one is not averaged away', () => {
  const at = (samples: number, approximation: string, accuracy: number): Measurement => {
    const m = trial(approximation, accuracy);
    return { ...m, params: { ...m.params, samples } };
  };
  const opposite = [at(250, 'exact', 0.9), at(250, 'kfac', 0.8), at(1000, 'exact', 0.8), at(1000, 'kfac', 0.9)];
  assert.equal(claim!.judge(opposite).status, 'not reproduced');
});

test('what the kernels do not cover is refused with the reason', () => {
  const refuse = (params: object) => kernelPrediction.refuse!(kernelPrediction.parameters.parse(params)) ?? '';
  assert.match(refuse({ approximation: 'kfac', classes: '0,1,2' }), /one output.*names 3/);
  assert.match(refuse({ approximation: 'block-tridiagonal', depth: 5 }), /Σ is singular.*depth is 5/);
  assert.equal(refuse({ approximation: 'block-tridiagonal', depth: 4 }), '');
  assert.match(refuse({ normalisation: 'none' }), /Assumption 2/);
  assert.match(refuse({ classes: '3,3' }), /twice/);
  assert.equal(refuse({ dataset: 'fashion-mnist', samples: 12_000, testSamples: 2000 }), '');
  assert.match(
    refuse({ dataset: 'cifar10', samples: 10_001 }),
    /samples is 10001; cifar10 has 10000 of the classes 0,7/,
  );
  assert.match(refuse({ testSamples: 3000 }), /testSamples is 3000; mnist has 2008 of the classes 0,7/);
  assert.match(refuse({ depth: 1, samples: 785 }), /single layer.*here 784 inputs and samples = 785/);
  assert.equal(refuse({ depth: 1, samples: 785, biasVariance: 0.1 }), '');
});
