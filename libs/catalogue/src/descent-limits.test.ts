import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Claim, Measurement } from './declaration.ts';
import { descentLimits, sharedLimit } from './descent-limits.ts';

const [limit, shared] = sharedLimit.claims as [Claim, Claim];
const [same, each, minima, predictions] = descentLimits.claims as [Claim, Claim, Claim, Claim];
const trial = (params: object, metrics: Measurement['metrics'], seed = 0): Measurement => ({
  params: descentLimits.parameters.parse(params),
  seed,
  outcome: 'converged',
  metrics,
});
/** Distances that fall as a power of the width. */
const falling = (approximation: string, powers: Readonly<Record<string, number>>): Measurement[] =>
  [0, 1].flatMap((seed) =>
    [64, 256].map((width) =>
      trial(
        { approximation, width },
        Object.fromEntries(Object.entries(powers).map(([metric, power]) => [metric, (1 + seed) * width ** power])),
        seed,
      ),
    ),
  );
/** The same with one trial that did not converge. */
const broken = (measurements: readonly Measurement[]): Measurement[] =>
  measurements.map((m, i) => (i === 0 ? { ...m, outcome: 'step-limit', metrics: {} } : m));

test('the limits must meet as the width grows: each rule is judged by its own distance', () => {
  for (const [claim, approximation, metric] of [
    [limit, 'exact', 'limitDeviation'],
    [shared, 'gradient-descent', 'distanceFromNatural'],
  ] as const) {
    const good = falling(approximation, { [metric]: -0.5 });
    assert.equal(claim.judge(good).status, 'reproduced');
    assert.equal(claim.judge(falling(approximation, { [metric]: 0 })).status, 'not reproduced');
    assert.equal(claim.judge(broken(good)).status, 'not reproduced');
    assert.equal(claim.judge(falling('kfac', { [metric]: -0.5 })).status, 'undecided');
  }
});

test('gradient descent must end at the exact minimum in outputs and in parameters', () => {
  const at = (distanceFromNatural: number, parameterDistanceFromExact: number) =>
    falling('gradient-descent', { distanceFromNatural, parameterDistanceFromExact });
  assert.equal(same.judge(at(-0.5, -0.5)).status, 'reproduced');
  assert.equal(same.judge(at(0, -0.5)).status, 'not reproduced');
  assert.equal(same.judge(at(-0.5, 0)).status, 'not reproduced');
  assert.equal(same.judge(falling('exact', { distanceFromNatural: -0.5 })).status, 'undecided');
});

test('one rule that does not end at its own minimum refutes that all do', () => {
  const good = falling('exact', { parameterDeviation: -0.5 });
  assert.equal(each.judge([...good, ...falling('kfac', { parameterDeviation: -0.4 })]).status, 'reproduced');
  const refuted = each.judge([...good, ...falling('kfac', { parameterDeviation: 0 })]);
  assert.equal(refuted.status, 'not reproduced');
  assert.match(refuted.measured, /exact -0\.5 .*; kfac 0 /);
  assert.equal(each.judge(broken(good)).status, 'not reproduced');
  assert.equal(each.judge(good.slice(0, 1)).status, 'undecided');
});

test('a rule differs where it ends nearer to its own limit than to the exact one, at the widest network', () => {
  for (const [claim, apart, own] of [
    [minima, 'parameterDistanceFromExact', 'parameterDeviation'],
    [predictions, 'distanceFromNatural', 'limitDeviation'],
  ] as const) {
    const at = (approximation: string, distance: number | null, width = 256) =>
      trial({ approximation, width }, { [apart]: distance, [own]: 0.03 });
    const good = at('block-diagonal', 0.12);
    assert.equal(claim.judge([good, at('kfac', 6), at('block-diagonal', 0.03, 64)]).status, 'reproduced');
    assert.equal(claim.judge([good, at('kfac', 0.05)]).status, 'not reproduced');
    assert.equal(claim.judge([good, at('kfac', null)]).status, 'not reproduced');
    assert.equal(claim.judge([at('exact', 0), at('gradient-descent', 0.03)]).status, 'undecided');
  }
});

test('more samples than inputs and more than two classes are refused for K-FAC', () => {
  const refusal = (params: object) => descentLimits.refuse!(descentLimits.parameters.parse(params)) ?? '';
  assert.match(refusal({ approximation: 'kfac', samples: 101 }), /M_0 ≥ N.*M_0 = 100 and samples = 101/);
  assert.match(refusal({ approximation: 'kfac', dataset: 'mnist', classes: '0,1,2' }), /one output/);
  assert.equal(refusal({ approximation: 'exact', samples: 101 }), '');
});
