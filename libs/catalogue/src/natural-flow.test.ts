import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { naturalFlowBound, naturalFlowPrediction, naturalFlowTraining } from './natural-flow.ts';

const [curve, relu, alike, identity, velocity] = naturalFlowTraining.claims as [Claim, Claim, Claim, Claim, Claim];
const [width, printed, parameters, printedTheta] = naturalFlowPrediction.claims as [Claim, Claim, Claim, Claim];
const [holds, corollary, drift, lemma, chain, still, tight] = naturalFlowBound.claims as [
  Claim,
  Claim,
  Claim,
  Claim,
  Claim,
  Claim,
  Claim,
];
const trial = (params: object, metrics: Measurement['metrics'], seed = 0): Measurement => ({
  params: naturalFlowTraining.parameters.parse(params),
  seed,
  outcome: 'step-limit',
  metrics,
});
const seeds = [0, 1];
const along = (parameter: string, values: readonly number[], metric: string, power: number, fixed: object = {}) =>
  seeds.flatMap((seed) =>
    values.map((value) => trial({ ...fixed, [parameter]: value }, { [metric]: (1 + seed) * value ** power }, seed)),
  );

test('an error in proportion to the step size is recovered, another power is not', () => {
  assert.equal(curve.judge(along('stepSize', [0.1, 0.05], 'trainError', 1)).status, 'reproduced');
  assert.equal(curve.judge(along('stepSize', [0.1, 0.05], 'trainError', 0.3)).status, 'not reproduced');
  assert.equal(curve.judge(along('stepSize', [0.1], 'trainError', 1)).status, 'undecided');
});

test('smooth and ReLU networks are judged apart', () => {
  const smooth = along('stepSize', [0.1, 0.05], 'discreteTrainError', 1, { activation: 'erf' });
  const floor = along('stepSize', [0.1, 0.05], 'discreteTrainError', 0.1, { activation: 'relu' });
  assert.equal(relu.judge([...smooth, ...floor]).status, 'not reproduced');
  assert.equal(relu.judge(smooth).status, 'undecided');
  assert.equal(
    relu.judge(along('stepSize', [0.1, 0.05], 'discreteTrainError', 1, { activation: 'relu' })).status,
    'reproduced',
  );
});

test('the linearised curve and the velocity on test points are judged by the power of the step size', () => {
  for (const [claim, metric] of [
    [alike, 'discreteTrainError'],
    [velocity, 'velocityError'],
  ] as const) {
    assert.equal(claim.judge(along('stepSize', [0.1, 0.05], metric, 1)).status, 'reproduced');
    for (const power of [0, 0.5, 2])
      assert.equal(claim.judge(along('stepSize', [0.1, 0.05], metric, power)).status, 'not reproduced', metric);
    assert.equal(claim.judge(along('stepSize', [0.1, 0.05], metric, 1, { activation: 'relu' })).status, 'undecided');
  }
});

test('one entry of the natural NTK off the identity refutes it, and so does a trial that has none', () => {
  const at = (naturalNtkError: number | null) => trial({}, { naturalNtkError });
  assert.equal(identity.judge([at(1e-12), at(1e-9)]).status, 'reproduced');
  assert.equal(identity.judge([at(1e-12), at(1e-3)]).status, 'not reproduced');
  assert.equal(identity.judge([at(1e-12), at(null)]).status, 'not reproduced');
  assert.equal(identity.judge([]).status, 'undecided');
});

test('parameters must approach the linearised ones with the width, and the printed ones are held to them', () => {
  assert.equal(parameters.judge(along('width', [64, 256], 'parameterDiscrepancy', -0.5)).status, 'reproduced');
  assert.equal(parameters.judge(along('width', [64, 256], 'parameterDiscrepancy', -0.2)).status, 'not reproduced');
  assert.equal(parameters.judge(along('width', [64], 'parameterDiscrepancy', -0.5)).status, 'undecided');
  const at = (printedParameterDiscrepancy: number, w = 256) =>
    trial({ width: w }, { printedParameterDiscrepancy, parameterDiscrepancy: 0.1 });
  assert.equal(printedTheta.judge([at(0.12), at(9, 64)]).status, 'reproduced');
  assert.equal(printedTheta.judge([at(2)]).status, 'not reproduced');
  assert.equal(printedTheta.judge([]).status, 'undecided');
});

test('a diverged trial counts as no convergence', () => {
  const some = along('width', [64, 256], 'discrepancy', -0.5);
  assert.equal(width.judge(some).status, 'reproduced');
  const broken = some.map((m) => (m.params['width'] === 256 ? { ...m, metrics: { discrepancy: null } } : m));
  assert.equal(width.judge(broken).status, 'not reproduced');
});

test('trials that differ in σ² only are one network', () => {
  const some = along('width', [64, 256], 'discrepancy', -0.5);
  const again = along('width', [64, 256], 'discrepancy', -0.5, { noiseVariance: 2.5 });
  assert.equal(width.judge([...some, ...again]).measured, width.judge(some).measured);
  assert.match(width.judge(some).measured, /2 slopes/);
});

test('the printed coefficient is judged where σ² is not 1, at the widest network', () => {
  const at = (printedDiscrepancy: number, noiseVariance: number, w = 256) =>
    trial({ noiseVariance, width: w }, { printedDiscrepancy, discrepancy: 0.02 });
  assert.equal(printed.judge([at(0.02, 1), at(0.025, 2.5)]).status, 'reproduced');
  assert.equal(printed.judge([at(0.02, 1), at(1.2, 2.5), at(0.02, 2.5, 64)]).status, 'not reproduced');
  assert.equal(printed.judge([at(0.02, 1)]).status, 'undecided');
  const bothDiverged = trial({ noiseVariance: 2.5, width: 256 }, {});
  assert.equal(printed.judge([bothDiverged]).status, 'undecided');
});

test('one trial above the bound refutes it; Corollary 7 only where its assumption holds', () => {
  assert.equal(holds.judge([trial({}, { boundRatio: 0.9 }), trial({}, { boundRatio: 0.1 })]).status, 'reproduced');
  assert.equal(holds.judge([trial({}, { boundRatio: 1.1 })]).status, 'not reproduced');
  const late = (jacobianMovement: number, convergedBoundRatio: number) =>
    trial({}, { jacobianMovement, convergedBoundRatio, gramShrinkage: 0.9 });
  assert.equal(corollary.judge([late(0.3, 0.5), late(2, 5)]).status, 'reproduced');
  assert.equal(corollary.judge([late(0.3, 1.5)]).status, 'not reproduced');
  assert.equal(corollary.judge([late(2, 0.1)]).status, 'undecided');
});

test('Corollary 7 says how many trials it leaves out, and how many of these diverged', () => {
  const at = (jacobianMovement: number | null, convergedBoundRatio: number | null, outcome = 'step-limit') => ({
    ...trial({}, { jacobianMovement, convergedBoundRatio, gramShrinkage: 1 }),
    outcome,
  });
  const outside = [at(2, 5), at(null, null, 'diverged'), at(40, null, 'diverged')];
  const { status, detail } = corollary.judge([at(0.3, 0.5), ...outside]);
  assert.equal(status, 'reproduced');
  assert.match(detail!, /3 of 4 trials whose Jacobian moved further, 2 of them diverged;.* 1 of the 1 others/);
  assert.match(corollary.judge(outside).detail!, /no trial meets .* 3 of 3 trials .* 2 of them diverged/);
  const within = corollary.judge([at(0.3, 0.5), at(0.4, null, 'diverged')]);
  assert.equal(within.status, 'not reproduced');
});

test('a distance that is a multiple of the drift of the kernel is not it', () => {
  const at = (integralError: number | null, activation = 'tanh') => trial({ activation }, { integralError });
  assert.equal(drift.judge([at(0.03), at(0.05)]).status, 'reproduced');
  assert.equal(drift.judge([at(1), at(1)]).status, 'not reproduced', 'as for twice the drift, or for none');
  assert.equal(drift.judge([at(0.03), at(null)]).status, 'not reproduced');
  assert.equal(drift.judge([at(0.03, 'relu')]).status, 'undecided');
});

test('each step of the proof of Theorem 1 is refuted by one trial', () => {
  assert.equal(lemma.judge([trial({}, { kernelMovementRatio: 0.2 })]).status, 'reproduced');
  assert.equal(
    lemma.judge([trial({}, { kernelMovementRatio: 0.2 }), trial({}, { kernelMovementRatio: 1.2 })]).status,
    'not reproduced',
  );
  assert.equal(lemma.judge([]).status, 'undecided');
  const at = (kernelBoundRatio: number, kernelBoundOverBound: number) =>
    trial({}, { kernelBoundRatio, kernelBoundOverBound });
  assert.equal(chain.judge([at(0.4, 0.1)]).status, 'reproduced');
  assert.equal(chain.judge([at(0.4, 0.1), at(1.1, 0.1)]).status, 'not reproduced');
  assert.equal(chain.judge([at(0.4, 1.1)]).status, 'not reproduced');
  assert.equal(chain.judge([]).status, 'undecided');
});

test('a bound a hundred times too large, or one that does not settle with the width, is not that of Theorem 1', () => {
  const at = (scale: number, power: number) =>
    seeds.flatMap((seed) =>
      [32, 128, 512].map((w) => trial({ width: w }, { boundOverStill: scale * (1 + w ** power) }, seed)),
    );
  assert.equal(still.judge(at(1, -0.5)).status, 'reproduced');
  assert.equal(still.judge(at(100, -0.5)).status, 'not reproduced');
  assert.equal(still.judge(at(0.5, -0.5)).status, 'not reproduced');
  assert.equal(still.judge(at(1, -0.1)).status, 'not reproduced');
  const kinked = at(1, 0).map((m) => ({ ...m, params: { ...m.params, activation: 'relu', width: 32 } }));
  assert.equal(still.judge(kinked).status, 'undecided');
});

test('a ratio that falls with the width is no tight bound', () => {
  assert.equal(tight.judge(along('width', [32, 128], 'boundRatio', -0.5)).status, 'not reproduced');
  const constant = along('width', [32, 128], 'boundRatio', 0);
  assert.equal(tight.judge(constant).status, 'reproduced');
  const broken = constant.map((m) => (m.params['width'] === 128 ? { ...m, metrics: { boundRatio: null } } : m));
  assert.equal(tight.judge(broken).status, 'not reproduced');
});
