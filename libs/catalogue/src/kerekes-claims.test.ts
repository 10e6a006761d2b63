import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parameters } from '@natsweep/sweep';
import type { Claim, ExperimentDeclaration, Measurement } from './declaration.ts';
import { deepLinearTheorems } from './deep-linear-theorems.ts';
import { having, pairedDifferences } from './judging.ts';
import { matrixCompletion } from './matrix-completion.ts';
import { planarClassification } from './planar-classification.ts';
import { sparseClassification } from './sparse-classification.ts';
import { tangentKernel } from './tangent-kernel.ts';

const planter =
  (declaration: ExperimentDeclaration) =>
  (params: Parameters, metrics: Measurement['metrics'], seed = 0): Measurement => ({
    params: declaration.parameters.parse(params) as Parameters,
    seed,
    outcome: 'converged',
    metrics,
  });

function claimOf(declaration: ExperimentDeclaration, id: string): Claim {
  const claim = declaration.claims.find((candidate) => candidate.id === id);
  assert.ok(claim, `no claim ${id}`);
  return claim;
}

const all = [sparseClassification, planarClassification, tangentKernel, matrixCompletion, deepLinearTheorems];

test('every claim is undecided, with what is missing, where nothing was measured', () => {
  for (const { claims } of all)
    for (const claim of claims) {
      const verdict = claim.judge([]);
      assert.equal(verdict.status, 'undecided', claim.id);
      assert.match(verdict.detail!, /^no |^there/, claim.id);
    }
});

test('claims of an experiment have distinct names', () => {
  for (const { claims } of all) assert.equal(new Set(claims.map(({ id }) => id)).size, claims.length);
});

test('paired differences pair by seed and named parameters alone; a side that diverged counts as lost, a stopped one not', () => {
  const plant = planter(sparseClassification);
  const measurements = [
    plant({ depth: 1, samples: 10 }, { accuracy: 0.6 }),
    plant({ depth: 2, samples: 10 }, { accuracy: 0.9 }),
    plant({ depth: 1, samples: 20 }, { accuracy: 0.7 }),
    plant({ depth: 2, samples: 20 }, { accuracy: null }),
    plant({ depth: 1, samples: 30 }, { accuracy: null }),
    plant({ depth: 2, samples: 30 }, { accuracy: 0.7 }),
    plant({ depth: 1, samples: 40 }, { accuracy: 0.7 }),
    { ...plant({ depth: 2, samples: 40 }, { accuracy: null }), outcome: 'stopped' },
    plant({ depth: 2, samples: 10 }, { accuracy: 0.8 }, 1),
  ];
  const compare = {
    metric: 'accuracy',
    left: { depth: 2 },
    right: { depth: 1 },
    pairedBy: ['samples'],
    lost: -Infinity,
  };
  assert.deepEqual(
    pairedDifferences(measurements, compare).map((value) => value.toFixed(6)),
    ['0.300000', '-Infinity', '-Infinity'],
  );
  assert.equal(having(measurements, { depth: 2, samples: 10 }).length, 2);
});

const sparse = planter(sparseClassification);
const wide = { dimension: 100, nonZero: 5, samples: 50 };
const tall = { ...wide, samples: 250 };

test('accuracy by depth is judged on sparse separators with N < D', () => {
  const claim = claimOf(sparseClassification, 'accuracy-depends-on-depth');
  const pair = (given: Parameters, gain: number) => [
    sparse({ ...given, depth: 1 }, { accuracy: 0.6 }),
    sparse({ ...given, depth: 2 }, { accuracy: 0.6 + gain }),
  ];
  assert.equal(claim.judge(pair(wide, 0.1)).status, 'reproduced');
  assert.equal(claim.judge(pair(wide, 0.01)).status, 'not reproduced');
  assert.equal(claim.judge(pair(tall, 0.1)).status, 'undecided');
  assert.equal(claim.judge(pair({ ...wide, nonZero: 50 }, 0.1)).status, 'undecided');
});

test('chance level is judged below the dimension alone, and its verdict names the cause', () => {
  const claim = claimOf(sparseClassification, 'ngd-at-chance-below-dimension');
  const at = (given: Parameters, accuracy: number) => sparse({ ...given, method: 'ngd' }, { accuracy });
  assert.equal(claim.judge([at(wide, 0.52), at(tall, 0.8)]).status, 'reproduced');
  const refuted = claim.judge([at(wide, 0.63), at(tall, 0.8)]);
  assert.equal(refuted.status, 'not reproduced');
  assert.match(refuted.measured, /0\.63/);
  assert.match(refuted.detail!, /least-squares interpolant/);
});

test('one arm is worse than another only by a margin and a standard error over the pairs', () => {
  const claim = claimOf(sparseClassification, 'population-ngd-below-direct-egd');
  const pairs = (...differences: (number | null)[]) =>
    claim.judge(
      differences.flatMap((difference, seed) => [
        sparse({ ...wide, method: 'egd', depth: 1 }, { accuracy: 0.7 }, seed),
        sparse(
          { ...wide, method: 'ngd-population' },
          { accuracy: difference === null ? null : 0.7 + difference },
          seed,
        ),
      ]),
    );
  assert.equal(pairs(-0.02, -0.03).status, 'reproduced');
  assert.equal(pairs(-0.001, -0.002).status, 'not reproduced');
  assert.equal(pairs(0.02, 0.03).status, 'not reproduced');
  // both 0.01 from the margin, on either side of it, with a standard error of 0.02
  for (const mean of [-0.015, 0.005]) {
    const { status, measured, detail } = pairs(mean - 0.02, mean + 0.02);
    assert.equal(status, 'undecided');
    assert.match(measured, /standard error 0\.02$/);
    assert.match(detail!, /^too few pairs/);
  }
  assert.equal(pairs(...[-0.035, 0.005, -0.035, 0.005, -0.035, 0.005]).status, 'reproduced');
  assert.equal(pairs(-0.02).status, 'undecided');
  assert.equal(pairs(-0.02, -0.03, null).status, 'not reproduced');
});

test('logits must grow linearly at rate 1, from zero or a small start; a large start is not judged', () => {
  const claim = claimOf(sparseClassification, 'logits-grow-linearly');
  const at = (logitGrowthExponent: number | null, logitRate: number, params: Parameters = {}) =>
    claim.judge([sparse({ ...wide, method: 'ngd', ...params }, { logitGrowthExponent, logitRate })]).status;
  assert.equal(at(1.01, 1), 'reproduced');
  assert.equal(at(0.02, 1), 'not reproduced');
  assert.equal(at(1, 0.5), 'not reproduced');
  assert.equal(at(null, 1), 'not reproduced');
  assert.equal(at(0.5, 1, { start: 'gaussian', initialScale: 0.1 }), 'not reproduced');
  assert.equal(at(0.5, 1, { start: 'gaussian', initialScale: 1 }), 'undecided');
  assert.equal(at(1, 1, { samples: 250 }), 'undecided');
});

test('a trial without the metric refutes a claim on every trial, a stopped one does not count', () => {
  const cases: [ExperimentDeclaration, string, Parameters, string, number][] = [
    [deepLinearTheorems, 'theorem-1', { theorem: 'invariance' }, 'deviation', 0],
    [deepLinearTheorems, 'egd-not-invariant', { theorem: 'invariance' }, 'egdDeviation', 1],
    [deepLinearTheorems, 'pseudo-inverse-finds-ols', { theorem: 'interpolant' }, 'interpolantCosine', 1],
    [tangentKernel, 'natural-flow-moves-one-entry', { method: 'ngf' }, 'identityDistance', 0],
    [planarClassification, 'direct-egd-finds-l2-margin', { depth: 1 }, 'angleToL2', 0],
    [sparseClassification, 'ngd-finds-the-interpolant', { ...wide, method: 'ngd' }, 'interpolantCosine', 1],
    [sparseClassification, 'logits-grow-along-labels', { ...wide, method: 'ngd' }, 'logitSpread', 0],
    [sparseClassification, 'step-rule-reaches-the-margin-limit', { ...wide, depth: 1 }, 'marginRatio', 1],
  ];
  for (const [declaration, id, params, metric, value] of cases) {
    const plant = planter(declaration);
    const claim = claimOf(declaration, id);
    const good = plant(params, { [metric]: value });
    const lost = plant(params, { [metric]: null }, 1);
    assert.equal(claim.judge([good]).status, 'reproduced', id);
    assert.equal(claim.judge([good, lost]).status, 'not reproduced', id);
    assert.equal(claim.judge([good, { ...lost, outcome: 'stopped' }]).status, 'reproduced', id);
  }
  const plant = planter(matrixCompletion);
  const recovers = claimOf(matrixCompletion, 'deep-egd-recovers-the-matrix');
  const [direct, deep] = [plant({ depth: 1 }, { testError: 0.5 }), plant({ depth: 2 }, { testError: 0 })];
  assert.equal(recovers.judge([direct, deep]).status, 'reproduced');
  assert.equal(recovers.judge([direct, deep, plant({ depth: 2 }, { testError: null }, 1)]).status, 'not reproduced');
});

test('constant steps from a Gaussian start are judged apart from the curvature rule from zero', () => {
  const onPar = claimOf(sparseClassification, 'four-layers-on-par-with-one');
  const inLimit = claimOf(sparseClassification, 'four-layers-beat-one-in-the-limit');
  const pair = (arm: Parameters, gain: number) =>
    [1, 4].map((depth) => sparse({ ...wide, ...arm, depth }, { accuracy: depth === 1 ? 0.7 : 0.7 + gain }));
  const measurements = [
    ...pair({ stepRule: 'constant', start: 'gaussian' }, -0.01),
    ...pair({ stepRule: 'curvature', start: 'zero' }, 0.1),
  ];
  assert.equal(onPar.judge(measurements).status, 'reproduced');
  assert.equal(inLimit.judge(measurements).status, 'reproduced');
  assert.equal(onPar.judge(pair({ stepRule: 'constant', start: 'gaussian' }, 0.1)).status, 'not reproduced');
  assert.equal(inLimit.judge(pair({ stepRule: 'constant', start: 'gaussian' }, 0.1)).status, 'undecided');
});

test('step rules are compared at equal loss, from the same start', () => {
  const claim = claimOf(sparseClassification, 'step-rules-follow-one-path');
  const at = (stepRule: string, accuracyAtLoss: number | null, depth = 2) =>
    sparse({ ...wide, stepRule, depth, start: 'gaussian' }, { accuracyAtLoss });
  assert.equal(claim.judge([at('curvature', 0.8), at('constant', 0.805)]).status, 'reproduced');
  assert.equal(claim.judge([at('curvature', 0.8), at('constant', 0.85)]).status, 'not reproduced');
  assert.equal(claim.judge([at('curvature', 0.8), at('constant', null)]).status, 'undecided');
  assert.equal(claim.judge([at('curvature', 0.8), at('constant', 0.8, 3)]).status, 'undecided');
});

test('the planar toy: one trial off its separator refutes, and NGD is compared over depths of one data set', () => {
  const plant = planter(planarClassification);
  const l2 = claimOf(planarClassification, 'direct-egd-finds-l2-margin');
  const near = plant({ depth: 1 }, { angleToL2: 0.1 });
  assert.equal(l2.judge([near]).status, 'reproduced');
  assert.equal(l2.judge([near, plant({ depth: 1 }, { angleToL2: 3 }, 1)]).status, 'not reproduced');
  assert.equal(l2.judge([plant({ depth: 1, stepRule: 'constant' }, { angleToL2: 3 })]).status, 'undecided');
  const invariance = claimOf(planarClassification, 'ngd-independent-of-depth');
  const ngd = (depth: number, angle: number, seed = 0) => plant({ method: 'ngd', depth }, { angle }, seed);
  assert.equal(invariance.judge([ngd(1, 40), ngd(2, 40.2), ngd(1, 60, 1), ngd(2, 60, 1)]).status, 'reproduced');
  assert.equal(invariance.judge([ngd(1, 40), ngd(2, 45)]).status, 'not reproduced');
});

test('matrix completion: recovery needs three observations per degree of freedom', () => {
  const plant = planter(matrixCompletion);
  const claim = claimOf(matrixCompletion, 'deep-egd-recovers-the-matrix');
  const both = (observations: number, deep: number) => [
    plant({ depth: 1, observations }, { testError: 0.5 }),
    plant({ depth: 3, observations }, { testError: deep }),
  ];
  assert.equal(claim.judge(both(450, 0.001)).status, 'reproduced');
  assert.equal(claim.judge(both(450, 0.3)).status, 'not reproduced');
  assert.equal(claim.judge(both(150, 0.001)).status, 'undecided');
});

const completion = planter(matrixCompletion);
const natural = (params: Parameters, metrics: Measurement['metrics'], seed = 0) =>
  completion({ method: 'ngd', depth: 2, ...params }, { trivialError: 0.5, solveResidual: 1e-9, ...metrics }, seed);

test('matrix completion: NGD is judged against the trivial completion, separately for both Fishers', () => {
  const complete = claimOf(matrixCompletion, 'ngd-fails-to-generalise');
  const observed = claimOf(matrixCompletion, 'fisher-identity-without-loss-of-generality');
  const measurements = [
    natural({ fisher: 'complete' }, { testError: 0.52 }),
    natural({ fisher: 'observed' }, { testError: 0.1 }),
  ];
  assert.equal(complete.judge(measurements).status, 'reproduced');
  assert.equal(observed.judge(measurements).status, 'not reproduced');
  assert.equal(observed.judge([natural({ fisher: 'observed' }, { testError: 0.52 })]).status, 'reproduced');
  assert.equal(observed.judge([natural({ fisher: 'observed' }, { testError: 5 })]).status, 'not reproduced');
});

test('matrix completion: a diverged natural trial counts against its claims, one whose systems were not solved is left out', () => {
  const diverged = {
    ...natural({}, { testError: null, unobservedDrift: null, solveResidual: 7 }, 1),
    outcome: 'diverged',
  };
  const unsolved = natural({}, { testError: 0.1, unobservedDrift: 3, solveResidual: 0.1 }, 2);
  const good = natural({}, { testError: 0.52, unobservedDrift: 0.01 });
  for (const id of ['ngd-fails-to-generalise', 'ngd-leaves-unobserved-entries']) {
    const claim = claimOf(matrixCompletion, id);
    assert.equal(claim.judge([good]).status, 'reproduced', id);
    assert.equal(claim.judge([good, diverged]).status, 'not reproduced', id);
    const { status, detail } = claim.judge([good, unsolved]);
    assert.equal(status, 'reproduced', id);
    assert.match(detail!, /1 of 2 trials are left out/, id);
    assert.match(claim.judge([unsolved]).detail!, /1 of 1 trials are left out/, id);
  }
});

test('matrix completion: unobserved entries must stay at the smallest η, and their move must vanish with η', () => {
  const stays = claimOf(matrixCompletion, 'ngd-leaves-unobserved-entries');
  const vanishes = claimOf(matrixCompletion, 'natural-flow-leaves-unobserved-entries');
  const at = (learningRate: number, unobservedDrift: number | null) => ({
    ...natural({ learningRate, steps: Math.ceil(6 / learningRate) }, { unobservedDrift }),
    outcome: unobservedDrift === null ? 'diverged' : 'converged',
  });
  assert.equal(stays.judge([at(0.1, 0.5), at(0.01, 0.05)]).status, 'reproduced');
  assert.equal(stays.judge([at(0.1, 0.05), at(0.01, 0.5)]).status, 'not reproduced');
  assert.equal(vanishes.judge([at(0.1, 0.5), at(0.01, 0.05)]).status, 'reproduced');
  assert.equal(vanishes.judge([at(0.1, 0.5), at(0.01, 0.4)]).status, 'not reproduced');
  assert.equal(vanishes.judge([at(0.1, 0.5), at(0.01, null)]).status, 'not reproduced');
  assert.equal(vanishes.judge([at(0.1, null), at(0.03, 0.5), at(0.01, 0.05)]).status, 'reproduced');
  assert.equal(vanishes.judge([at(0.1, 0.5), at(0.03, null), at(0.01, 0.05)]).status, 'not reproduced');
  assert.equal(vanishes.judge([at(0.1, null), at(0.01, null)]).status, 'not reproduced');
  assert.equal(vanishes.judge([at(0.1, 0.5)]).status, 'undecided');
});

test('matrix completion: the factor-wise rule is judged by the share of its trials that end at the trivial completion', () => {
  const claim = claimOf(matrixCompletion, 'factor-wise-ngd-finds-the-trivial-optimum');
  const at = (testError: number | null, seed: number) => {
    const trial = natural({ naturalRule: 'split' }, { testError }, seed);
    return testError === null ? { ...trial, outcome: 'diverged' } : trial;
  };
  assert.equal(claim.judge([at(0.5, 0), at(0.52, 1)]).status, 'reproduced');
  assert.equal(claim.judge([at(0.5, 0), at(null, 1)]).status, 'not reproduced');
  assert.equal(claim.judge([at(0.5, 0), at(2, 1)]).status, 'not reproduced');
});

test('matrix completion: NGD is like direct EGD where pairs of one task agree', () => {
  const claim = claimOf(matrixCompletion, 'ngd-like-direct-egd');
  const direct = completion({ depth: 1 }, { testError: 0.5 });
  assert.equal(claim.judge([direct, natural({}, { testError: 0.6 })]).status, 'reproduced');
  assert.equal(claim.judge([direct, natural({}, { testError: 0.9 })]).status, 'not reproduced');
  assert.equal(claim.judge([direct, natural({ observations: 20 }, { testError: 0.6 })]).status, 'undecided');
});

test('the excess of nuclear norm is judged on both sides of recovery by the least norm', () => {
  const plant = planter(matrixCompletion);
  const claim = claimOf(matrixCompletion, 'rank-at-the-expense-of-nuclear-norm');
  const at = (observations: number, nuclearNorm: number, leastNuclearError: number) =>
    plant({ depth: 3, observations }, { nuclearNorm, leastNuclearNorm: 10, leastNuclearError, trainError: 1e-6 });
  assert.equal(claim.judge([at(150, 11, 0.2), at(700, 10.01, 1e-5)]).status, 'reproduced');
  assert.equal(claim.judge([at(150, 10, 0.2), at(700, 10.01, 1e-5)]).status, 'not reproduced');
  assert.equal(claim.judge([at(150, 11, 0.2)]).status, 'undecided');
});

test('theorems: 1 and 2 are told apart by the regime, deep pseudo-inverses from the direct one', () => {
  const plant = planter(deepLinearTheorems);
  const one = claimOf(deepLinearTheorems, 'theorem-1');
  const invariance = (samples: number, deviation: number) => plant({ theorem: 'invariance', samples }, { deviation });
  assert.equal(one.judge([invariance(10, 1e-12), invariance(40, 0.5)]).status, 'reproduced');
  assert.equal(claimOf(deepLinearTheorems, 'theorem-2').judge([invariance(40, 0.5)]).status, 'not reproduced');
  const cosine = (depth: number, interpolantCosine: number) =>
    plant({ theorem: 'interpolant', depth }, { interpolantCosine });
  const measurements = [cosine(1, 1), cosine(2, 0.9)];
  assert.equal(claimOf(deepLinearTheorems, 'pseudo-inverse-finds-ols').judge(measurements).status, 'reproduced');
  const deep = claimOf(deepLinearTheorems, 'pseudo-inverse-finds-ols-at-any-depth');
  assert.equal(deep.judge(measurements).status, 'not reproduced');
});

test('panels: an entry off the cross refutes the cross, and the median of finite steps decides', () => {
  const plant = planter(tangentKernel);
  const cross = claimOf(tangentKernel, 'two-factors-move-a-cross');
  assert.equal(cross.judge([plant({ method: 'egf', depth: 2 }, { fieldShare: 0 })]).status, 'reproduced');
  assert.equal(cross.judge([plant({ method: 'egf', depth: 2 }, { fieldShare: 1e-9 })]).status, 'not reproduced');
  const step = claimOf(tangentKernel, 'natural-step-moves-one-entry');
  const ngd = (identityDistance: number, seed: number) =>
    plant({ method: 'ngd', depth: 3 }, { identityDistance }, seed);
  assert.equal(step.judge([ngd(0.01, 0), ngd(0.02, 1), ngd(0.9, 2)]).status, 'reproduced');
  assert.equal(step.judge([ngd(0.01, 0), ngd(0.2, 1), ngd(0.9, 2)]).status, 'not reproduced');
});
