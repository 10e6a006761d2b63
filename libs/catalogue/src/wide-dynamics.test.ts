import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { wideDynamics } from './wide-dynamics.ts';

const [train, held, analyticTrain, analyticHeld, decay, between] = wideDynamics.claims as [
  Claim,
  Claim,
  Claim,
  Claim,
  Claim,
  Claim,
];
const following = [
  [train, 'deviationFromTheory'],
  [held, 'testDeviationFromTheory'],
  [analyticTrain, 'deviationFromAnalytic'],
  [analyticHeld, 'testDeviationFromAnalytic'],
] as const;
const trial = (params: object, metrics: Measurement['metrics'], seed = 0): Measurement => ({
  params: wideDynamics.parameters.parse(params),
  seed,
  outcome: 'converged',
  metrics,
});
const along = (metric: string, power: number, params: object = {}) =>
  [0, 1].flatMap((seed) =>
    [128, 512].map((width) =>
      trial({ approximation: 'exact', width, ...params }, { [metric]: (1 + seed) * width ** power }, seed),
    ),
  );
const flow = (metric: string, value: number | null, approximation = 'exact') =>
  trial({ approximation, theoryDynamics: 'flow', width: 512 }, { [metric]: value });

test('one rule off its closed form in steps, or in flow time, refutes that all follow theirs', () => {
  for (const [claim, metric] of following) {
    const good = [...along(metric, -0.5), flow(metric, 0.02)];
    assert.equal(claim.judge(good).status, 'reproduced');
    const flat = along(metric, 0, { approximation: 'kfac', biasVariance: 0.1, kfacBias: 'separate' });
    const refuted = claim.judge([...good, ...flat]);
    assert.equal(refuted.status, 'not reproduced');
    assert.match(refuted.measured, /exact -0\.5 .*; kfac with separate biases 0 /);
    assert.equal(claim.judge([...good, flow(metric, 0.3, 'kfac')]).status, 'not reproduced');
    assert.equal(claim.judge(along(metric, -0.5)).status, 'undecided');
    assert.equal(claim.judge([flow(metric, 0.02)]).status, 'undecided');
  }
});

test('a rule without theory is left out, one of its trials without a value is not', () => {
  const good = [...along('testDeviationFromAnalytic', -0.5), flow('testDeviationFromAnalytic', 0.02)];
  const none = along('other', -0.5, { approximation: 'unit-wise', damping: 1e-10 });
  assert.equal(analyticHeld.judge([...good, ...none]).status, 'reproduced');
  const diverged = good.map((m, i) => (i === 0 ? { ...m, metrics: { testDeviationFromAnalytic: null } } : m));
  assert.equal(analyticHeld.judge(diverged).status, 'not reproduced');
});

test('a rule that diverges in every trial refutes that all follow', () => {
  for (const [claim, metric] of following) {
    const good = [...along(metric, -0.5), flow(metric, 0.02)];
    const lost = (some: readonly Measurement[]) =>
      some.map((m) => ({ ...m, outcome: 'diverged', metrics: { [metric]: null } }));
    const inSteps = claim.judge([...good, ...lost(along(metric, -0.5, { approximation: 'kfac' }))]);
    assert.equal(inSteps.status, 'not reproduced');
    assert.match(inSteps.measured, /kfac 2 of 2 groups hold a trial that diverged/);
    const inFlow = claim.judge([...good, ...lost([flow(metric, null, 'kfac')])]);
    assert.equal(inFlow.status, 'not reproduced');
    assert.match(inFlow.measured, /kfac no value in 1 trials/);
  }
});

test('the decay of every isotropic rule must be near (1 − c)^t and nearer the wider the network', () => {
  const metric = 'deviationFromIsotropy';
  const good = [...along(metric, -0.5), ...along(metric, -0.6, { approximation: 'unit-wise', damping: 1e-10 })];
  assert.equal(decay.judge(good).status, 'reproduced');
  assert.equal(decay.judge([...good, ...along(metric, -0.1, { approximation: 'kfac' })]).status, 'not reproduced');
  const far = along(metric, -0.5).map((m) => ({ ...m, metrics: { [metric]: 20 * m.metrics[metric]! } }));
  assert.equal(decay.judge(far).status, 'not reproduced');
  assert.equal(decay.judge(along(metric, -0.5, { approximation: 'diagonal', damping: 1e-8 })).status, 'undecided');
});

test('entry-wise rules must contract between the isotropic ones and gradient descent', () => {
  const at = (approximation: string, contractionPerStep: number) =>
    trial({ approximation, damping: approximation.endsWith('diagonal') ? 1e-8 : 0 }, { contractionPerStep });
  const others = [at('exact', 0.5), at('unit-wise', 0.52), at('gradient-descent', 0.93)];
  const entries = (diagonal: number) => [at('diagonal', diagonal), at('quasi-diagonal', 0.9)];
  assert.equal(between.judge([...others, ...entries(0.87)]).status, 'reproduced');
  assert.equal(between.judge([...others, ...entries(0.95)]).status, 'not reproduced');
  assert.equal(between.judge([...others, ...entries(0.51)]).status, 'not reproduced');
  assert.equal(between.judge([...others, at('diagonal', 0.87)]).status, 'undecided');
});

test('gradient descent that diverges, or was not measured, does not make entry-wise rules faster', () => {
  const at = (approximation: string, contractionPerStep: number | null, outcome = 'converged') => ({
    ...trial({ approximation, damping: approximation.endsWith('diagonal') ? 1e-8 : 0 }, { contractionPerStep }),
    outcome,
  });
  const others = [at('exact', 0.5), at('diagonal', 0.87), at('quasi-diagonal', 0.9)];
  assert.equal(between.judge([...others, at('gradient-descent', 0.93)]).status, 'reproduced');
  for (const lost of [at('gradient-descent', null), at('gradient-descent', 1.3, 'diverged')])
    assert.equal(between.judge([...others, lost]).status, 'not reproduced');
  const one = [at('gradient-descent', 0.93), at('gradient-descent', 1.3, 'diverged')];
  assert.equal(between.judge([...others, ...one]).status, 'not reproduced');
});
