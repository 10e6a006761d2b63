import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossEntropyTraining } from './cross-entropy-training.ts';
import type { Claim, Measurement } from './declaration.ts';

const [same, explosion] = crossEntropyTraining.claims as [Claim, Claim];
const trial = (params: object, metrics: Measurement['metrics'], outcome = 'step-limit'): Measurement => ({
  params: crossEntropyTraining.parameters.parse(params),
  seed: 0,
  outcome,
  metrics,
});

test('every rule must approach the shared recursion as the width grows', () => {
  const along = (approximation: string, power: number) =>
    [256, 1024].map((width) => trial({ approximation, width }, { deviationFromTheory: 3 * width ** power }));
  assert.equal(same.judge([...along('exact', -0.5), ...along('block-diagonal', -0.4)]).status, 'reproduced');
  assert.equal(same.judge([...along('exact', -0.5), ...along('block-diagonal', 0)]).status, 'not reproduced');
  const diverged = trial({ approximation: 'block-diagonal', width: 1024 }, { deviationFromTheory: null }, 'diverged');
  assert.equal(same.judge([along('block-diagonal', -0.5)[0]!, diverged]).status, 'not reproduced');
  assert.equal(same.judge([along('exact', -0.5)[0]!]).status, 'undecided');
  assert.equal(same.judge([trial({ outputDamping: 1e-10 }, { deviationFromTheory: 0 })]).status, 'undecided');
});

test('explosions are counted at the smallest output damping', () => {
  const at = (outputDamping: number, peakLossRatio: number | null, outcome?: string) =>
    trial({ outputDamping }, { peakLossRatio }, outcome);
  assert.equal(explosion.judge([at(1e-10, 1), at(1e-10, null, 'diverged')]).status, 'reproduced');
  assert.equal(explosion.judge([at(1e-10, 1), at(1e-8, 9), at(0.1, 1)]).status, 'not reproduced');
  assert.equal(explosion.judge([at(0.1, 9)]).status, 'undecided');
  assert.equal(explosion.judge([at(1e-10, null), at(1e-10, 1)]).status, 'not reproduced');
  assert.equal(explosion.judge([at(1e-10, null)]).status, 'undecided');
});

test('two classes have no softmax here', () => {
  const refuse = (params: object) => crossEntropyTraining.refuse!(crossEntropyTraining.parameters.parse(params)) ?? '';
  assert.match(refuse({ classes: '0,7' }), /three labels or more.*0,7/);
  assert.match(refuse({ dataset: 'gaussian' }), /dataset must be mnist/);
  assert.equal(refuse({}), '');
});
