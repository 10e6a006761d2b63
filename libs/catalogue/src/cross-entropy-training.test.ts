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

test('every rule must follow the shared recursion at the widest network', () => {
  const near = (approximation: string, deviationFromTheory: number | null, width = 1024) =>
    trial({ approximation, width }, { deviationFromTheory });
  assert.equal(
    same.judge([near('exact', 0.02), near('block-diagonal', 0.05), near('exact', 0.9, 64)]).status,
    'reproduced',
  );
  assert.equal(same.judge([near('exact', 0.02), near('block-diagonal', 0.2)]).status, 'not reproduced');
  assert.equal(same.judge([near('exact', null)]).status, 'not reproduced');
  assert.equal(same.judge([trial({ outputDamping: 1e-10 }, { deviationFromTheory: 0 })]).status, 'undecided');
});

test('explosions are counted at the smallest output damping', () => {
  const at = (outputDamping: number, peakLossRatio: number | null, outcome?: string) =>
    trial({ outputDamping }, { peakLossRatio }, outcome);
  assert.equal(explosion.judge([at(1e-10, 1), at(1e-10, null, 'diverged')]).status, 'reproduced');
  assert.equal(explosion.judge([at(1e-10, 1), at(1e-8, 9), at(0.1, 1)]).status, 'not reproduced');
  assert.equal(explosion.judge([at(0.1, 9)]).status, 'undecided');
});

test('two classes have no softmax here', () => {
  const refuse = (params: object) => crossEntropyTraining.refuse!(crossEntropyTraining.parameters.parse(params)) ?? '';
  assert.match(refuse({ classes: '0,7' }), /three labels or more.*0,7/);
  assert.match(refuse({ dataset: 'gaussian' }), /dataset must be mnist/);
  assert.equal(refuse({}), '');
});
