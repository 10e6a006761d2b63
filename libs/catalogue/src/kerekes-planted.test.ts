import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Parameters } from '@natsweep/sweep';
import { completionBudget } from './completion-budget.ts';
import type { ExperimentDeclaration, Measurement } from './declaration.ts';
import { deepLinearTheorems } from './deep-linear-theorems.ts';
import { matrixCompletion } from './matrix-completion.ts';
import { planarClassification } from './planar-classification.ts';
import { sparseClassification } from './sparse-classification.ts';
import { tangentKernel } from './tangent-kernel.ts';

/** Parameters and metrics of a trial; a third entry is its seed. */
type Trial = readonly [Parameters, Measurement['metrics'], number?];
/** Trials that must reproduce a claim, and trials that must refute it. */
type Planted = readonly [good: readonly Trial[], bad: readonly Trial[]];

const wide = { dimension: 100, nonZero: 5, samples: 50 };
const tall = { ...wide, samples: 250 };
const plain = { stepRule: 'constant', start: 'gaussian' };
const further = { stepRule: 'curvature', start: 'gaussian' };

/** Two arms of three seeds, `left` more accurate than `right` by `gain`, give or take 0.001. */
const arms = (at: Parameters, left: Parameters, right: Parameters, gain: number): readonly Trial[] =>
  [0, 1, 2].flatMap((seed): Trial[] => [
    [{ ...at, ...left }, { accuracy: 0.7 + gain + 0.001 * seed }, seed],
    [{ ...at, ...right }, { accuracy: 0.7 }, seed],
  ]);
/** Accuracies that must be lower on the left. */
const lower = (at: Parameters, left: Parameters, right: Parameters): Planted => [
  arms(at, left, right, -0.1),
  arms(at, left, right, 0.1),
];
const higher = (at: Parameters, left: Parameters, right: Parameters): Planted => [
  arms(at, left, right, 0.1),
  arms(at, left, right, 0),
];
/** One metric of one kind of trial: a value that reproduces, and one that refutes even beside a good trial. */
const value = (params: Parameters, metric: string, [good, bad]: readonly [number, number]): Planted => [
  [[params, { [metric]: good }]],
  [
    [params, { [metric]: good }],
    [params, { [metric]: bad }, 1],
    [params, { [metric]: bad }, 2],
  ],
];

const depths = (of: Parameters, ...accuracies: readonly number[]): readonly Trial[] =>
  accuracies.map((accuracy, i) => [{ ...wide, ...of, depth: i + 1 }, { accuracy }]);

/** Spreads of margins: of NGD, of EGD with D ≤ N log N, and of EGD beyond. */
const margins = (ofNgd: number, between: number, beyond: number): readonly Trial[] => [
  [{ ...wide, method: 'ngd' }, { logitSpread: ofNgd }],
  [wide, { logitSpread: between }],
  [{ ...wide, samples: 20 }, { logitSpread: beyond }],
];

const sparse: Readonly<Record<string, Planted>> = {
  'shallow-diagonal-networks-reach-90-percent': value({ ...wide, depth: 2 }, 'accuracy', [0.9, 0.7]),
  'accuracy-depends-on-depth': higher(wide, { depth: 2 }, { depth: 1 }),
  'three-layers-beat-one': lower(wide, { depth: 1 }, { depth: 3 }),
  'depth-gains-by-sparsity': [
    [...depths({}, 0.6, 0.8), ...depths({ nonZero: 50 }, 0.6, 0.6)],
    [...depths({}, 0.6, 0.8), ...depths({ nonZero: 50 }, 0.6, 0.8)],
  ],
  'four-layers-on-par-with-one': [
    arms(wide, { ...plain, depth: 4 }, { ...plain, depth: 1 }, -0.02),
    arms(wide, { ...plain, depth: 4 }, { ...plain, depth: 1 }, -0.1),
  ],
  'too-few-steps-hold-four-layers-back': higher(wide, { ...further, depth: 4 }, { ...further, depth: 1 }),
  'four-layers-beat-one-in-the-limit': higher(wide, { depth: 4 }, { depth: 1 }),
  'five-layers-perform-poorly': lower(wide, { ...plain, depth: 5 }, { ...plain, depth: 1 }),
  'two-layers-find-the-sparse-structure': [
    [
      [
        { ...tall, depth: 1 },
        { supportShare: 0.4, profileContrast: 5 },
      ],
      [
        { ...tall, depth: 2 },
        { supportShare: 0.8, profileContrast: 9 },
      ],
    ],
    [
      [
        { ...tall, depth: 1 },
        { supportShare: 0.4, profileContrast: 1 },
      ],
      [
        { ...tall, depth: 2 },
        { supportShare: 0.8, profileContrast: 9 },
      ],
    ],
  ],
  'step-rule-reaches-the-margin-limit': value({ ...wide, depth: 1 }, 'marginRatio', [0.99, 0.9]),
  'step-rule-reaches-the-sparse-limit': [
    [
      [
        { ...wide, depth: 2 },
        { accuracy: 0.8, largeMarginAccuracy: 0.81, largeMarginCosine: 0.98 },
      ],
    ],
    [
      [
        { ...wide, depth: 2 },
        { accuracy: 0.8, largeMarginAccuracy: 0.9, largeMarginCosine: 0.98 },
      ],
    ],
  ],
  'step-rule-reaches-a-stationary-margin': [
    [
      [
        { ...wide, depth: 3 },
        { marginStationarity: 0.99, accuracy: 0.9, largeMarginAccuracy: 0.9 },
      ],
    ],
    [
      [
        { ...wide, depth: 3 },
        { marginStationarity: 0.99, accuracy: 0.9, largeMarginAccuracy: 0.8 },
      ],
    ],
  ],
  'accuracies-have-settled': [
    [[wide, { accuracyChange: 0.001 }]],
    [
      [wide, { accuracyChange: 0.001 }],
      [{ ...wide, method: 'ngd' }, { accuracyChange: -0.05 }],
    ],
  ],
  'step-rules-follow-one-path': [
    [
      [{ ...wide, ...further }, { accuracyAtLoss: 0.8 }],
      [{ ...wide, ...plain }, { accuracyAtLoss: 0.805 }],
    ],
    [
      [{ ...wide, ...further }, { accuracyAtLoss: 0.8 }],
      [{ ...wide, ...plain }, { accuracyAtLoss: 0.85 }],
    ],
  ],
  'ngd-at-chance-below-dimension': value({ ...wide, method: 'ngd' }, 'accuracy', [0.52, 0.6]),
  'overshooting-pulls-ngd-to-chance': lower(
    { ...wide, method: 'ngd' },
    { start: 'gaussian', initialScale: 1 },
    { start: 'zero' },
  ),
  'ngd-finds-the-interpolant': value({ ...wide, method: 'ngd' }, 'interpolantCosine', [1, 0.99]),
  'logits-grow-along-labels': value({ ...wide, method: 'ngd' }, 'logitSpread', [0.01, 0.2]),
  'logits-grow-linearly': [
    [
      [
        { ...wide, method: 'ngd' },
        { logitGrowthExponent: 1, logitRate: 1 },
      ],
    ],
    [
      [
        { ...wide, method: 'ngd' },
        { logitGrowthExponent: 0.5, logitRate: 1 },
      ],
    ],
  ],
  'all-data-become-support-vectors': [margins(0.01, 0.3, 0.01), margins(0.01, 0.01, 0.01)],
  'ngd-fails-where-sparse-egd-generalises': lower(wide, { method: 'ngd' }, { depth: 2 }),
  'ngd-below-egd-above-dimension': lower(tall, { method: 'ngd' }, { depth: 1 }),
  'population-fisher-improves-ngd': lower(wide, { method: 'ngd' }, { method: 'ngd-population' }),
  'population-ngd-below-direct-egd': lower(wide, { method: 'ngd-population' }, { depth: 1 }),
  'population-ngd-below-diagonal-egd': lower(wide, { method: 'ngd-population' }, { depth: 2 }),
  'ngd-misses-the-sparse-structure': value({ ...tall, method: 'ngd' }, 'profileContrast', [0.3, 9]),
};

const planar: Readonly<Record<string, Planted>> = {
  'direct-egd-finds-l2-margin': value({ depth: 1 }, 'angleToL2', [0.1, 3]),
  'two-layers-find-l1-margin': value({ depth: 2 }, 'angleToL1', [0.1, 3]),
  'deep-networks-find-the-axis': value({ depth: 4 }, 'angleToAxis', [0.1, 3]),
  'ngd-independent-of-depth': [
    [
      [{ method: 'ngd', depth: 1 }, { angle: 40 }],
      [{ method: 'ngd', depth: 3, naturalRule: 'split' }, { angle: 40.5 }],
    ],
    [
      [{ method: 'ngd', depth: 1 }, { angle: 40 }],
      [{ method: 'ngd', depth: 3, naturalRule: 'split' }, { angle: 44 }],
    ],
  ],
  'ngd-differs-from-egd': [
    [
      [{ method: 'ngd' }, { angle: 40 }],
      [{ depth: 2 }, { angle: 20 }],
    ],
    [
      [{ method: 'ngd' }, { angle: 40 }],
      [{ depth: 2 }, { angle: 41 }],
    ],
  ],
  'ngd-ends-where-newton-flow-does': value({ method: 'ngd' }, 'angleToLimit', [0.5, 9]),
  'step-rules-follow-one-path': [
    [
      [{ stepRule: 'curvature' }, { angleAtLoss: 10 }],
      [{ stepRule: 'constant' }, { angleAtLoss: 10.2 }],
    ],
    [
      [{ stepRule: 'curvature' }, { angleAtLoss: 10 }],
      [{ stepRule: 'constant' }, { angleAtLoss: 14 }],
    ],
  ],
};

const panels: Readonly<Record<string, Planted>> = {
  'direct-egd-moves-one-entry': value({ depth: 1 }, 'identityDistance', [0, 0.1]),
  'two-factors-move-a-cross': value({ method: 'egf', depth: 2 }, 'fieldShare', [0, 0.01]),
  'the-cross-is-visible': value({ method: 'egf', depth: 2 }, 'crossShare', [0.3, 0.01]),
  'three-factors-move-all-entries': value({ method: 'egf', depth: 3 }, 'fieldShare', [0.1, 0]),
  'natural-systems-are-solved': value({ method: 'ngd', depth: 3 }, 'solveResidual', [1e-12, 0.1]),
  'natural-flow-moves-one-entry': value({ method: 'ngf', depth: 3 }, 'identityDistance', [1e-12, 0.1]),
  'natural-step-moves-one-entry': value({ method: 'ngd', depth: 3 }, 'identityDistance', [0.01, 0.5]),
};

const natural = { method: 'ngd', depth: 2 };
const direct = { depth: 1, observations: 450 };
const solved = { trivialError: 0.5, solveResidual: 1e-9 };
const ended = (params: Parameters, good: number, bad: number): Planted => [
  [
    [
      { ...natural, ...params },
      { ...solved, testError: good },
    ],
  ],
  [
    [
      { ...natural, ...params },
      { ...solved, testError: bad },
    ],
  ],
];
const nuclear = (excess: number): readonly Trial[] =>
  [0.2, 1e-5].map((leastNuclearError, i) => [
    { depth: 3, observations: 150 * (1 + 3 * i) },
    { nuclearNorm: 10 * (1 + excess * (1 - i)), leastNuclearNorm: 10, leastNuclearError, trainError: 1e-6 },
  ]);

const completion: Readonly<Record<string, Planted>> = {
  'deep-egd-recovers-the-matrix': [
    [
      [direct, { testError: 0.5 }],
      [{ depth: 2 }, { testError: 0.01 }],
    ],
    [
      [direct, { testError: 0.5 }],
      [{ depth: 2 }, { testError: 0.3 }],
    ],
  ],
  'depth-lowers-the-rank': [
    [
      [{ depth: 2 }, { effectiveRank: 3 }],
      [{ depth: 3 }, { effectiveRank: 2 }],
    ],
    [
      [{ depth: 2 }, { effectiveRank: 3 }],
      [{ depth: 3 }, { effectiveRank: 4 }],
    ],
  ],
  'rank-at-the-expense-of-nuclear-norm': [nuclear(0.1), nuclear(0)],
  'initialisation-is-negligible': [
    [
      [{ depth: 2 }, { testError: 0.1 }],
      [{ depth: 2, collapsedFrom: 6 }, { testError: 0.11 }],
    ],
    [
      [{ depth: 2 }, { testError: 0.1 }],
      [{ depth: 2, collapsedFrom: 6 }, { testError: 0.5 }],
    ],
  ],
  'direct-egd-leaves-unobserved-entries': value(direct, 'unobservedDrift', [0, 1e-3]),
  'gaussian-products-have-low-rank': [
    [
      [{ depth: 1 }, { effectiveRankStart: 20 }],
      [{ depth: 2 }, { effectiveRankStart: 15 }],
    ],
    [
      [{ depth: 1 }, { effectiveRankStart: 20 }],
      [{ depth: 2 }, { effectiveRankStart: 20 }],
    ],
  ],
  'ngd-fails-to-generalise': ended({}, 0.5, 0.1),
  'no-setting-of-ngd-generalises': [
    [
      [
        { ...natural, naturalRule: 'split', learningRate: 0.3 },
        { ...solved, testError: 4 },
      ],
    ],
    [
      [
        { ...natural, learningRate: 0.01 },
        { ...solved, testError: 0.5 },
      ],
      [
        { ...natural, learningRate: 0.3 },
        { ...solved, testError: 0.1 },
      ],
    ],
  ],
  'ngd-leaves-unobserved-entries': [
    [[natural, { ...solved, unobservedDrift: 0.01 }]],
    [[natural, { ...solved, unobservedDrift: 0.5 }]],
  ],
  'natural-flow-leaves-unobserved-entries': [
    [
      [
        { ...natural, learningRate: 0.1 },
        { ...solved, unobservedDrift: 0.1 },
      ],
      [
        { ...natural, learningRate: 0.01 },
        { ...solved, unobservedDrift: 0.01 },
      ],
    ],
    [
      [
        { ...natural, learningRate: 0.1 },
        { ...solved, unobservedDrift: 0.1 },
      ],
      [
        { ...natural, learningRate: 0.01 },
        { ...solved, unobservedDrift: 0.1 },
      ],
    ],
  ],
  'ngd-like-direct-egd': [
    [
      [direct, { testError: 0.5 }],
      [natural, { ...solved, testError: 0.55 }],
    ],
    [
      [direct, { testError: 0.5 }],
      [natural, { ...solved, testError: 0.1 }],
    ],
  ],
  'factor-wise-ngd-finds-the-trivial-optimum': ended({ naturalRule: 'split' }, 0.5, 5),
  'fisher-identity-without-loss-of-generality': ended({ fisher: 'observed' }, 0.5, 0.1),
};

const budget: Readonly<Record<string, Planted>> = {
  'a-larger-budget-ends-at-the-same-completion': [
    [
      [{ steps: 1000 }, { testError: 0.1, effectiveRank: 2 }],
      [{ steps: 9000 }, { testError: 0.1, effectiveRank: 2 }],
    ],
    [
      [{ steps: 1000 }, { testError: 0.3, effectiveRank: 2 }],
      [{ steps: 9000 }, { testError: 0.1, effectiveRank: 2 }],
    ],
  ],
};

const theorem = (name: string, more: Parameters = {}) => ({ theorem: name, ...more });
const theorems: Readonly<Record<string, Planted>> = {
  'theorem-1': value(theorem('invariance', { samples: 10 }), 'deviation', [1e-12, 0.1]),
  'theorem-2': value(theorem('invariance', { samples: 40 }), 'deviation', [1e-12, 0.1]),
  'egd-not-invariant': value(theorem('invariance'), 'egdDeviation', [0.5, 1e-4]),
  'theorem-3': value(theorem('logits'), 'deviation', [0.01, 0.3]),
  'theorem-4': value(theorem('logits', { model: 'network' }), 'deviation', [0.01, 0.3]),
  'logits-proportional-to-labels': value(theorem('logits'), 'logitSpread', [0.01, 0.3]),
  'pseudo-inverse-finds-ols': value(theorem('interpolant'), 'interpolantCosine', [1, 0.9]),
  'pseudo-inverse-finds-ols-at-any-depth': value(theorem('interpolant', { depth: 2 }), 'interpolantCosine', [1, 0.9]),
  'margin-separator-not-invariant': value(theorem('margin-transform'), 'deviation', [0.5, 0]),
  'printed-margin-separators': value(theorem('margin-transform'), 'printedDistance', [0, 0.2]),
  'ols-invariance': value(theorem('ols-transform'), 'deviation', [1e-12, 0.1]),
};

const all: readonly (readonly [ExperimentDeclaration, Readonly<Record<string, Planted>>])[] = [
  [sparseClassification, sparse],
  [planarClassification, planar],
  [tangentKernel, panels],
  [matrixCompletion, completion],
  [completionBudget, budget],
  [deepLinearTheorems, theorems],
];

for (const [declaration, planted] of all)
  test(`${declaration.name}: every claim is reproduced by results that show it, and refuted by results that do not`, () => {
    assert.deepEqual(Object.keys(planted).sort(), declaration.claims.map(({ id }) => id).sort());
    const plant = ([params, metrics, seed = 0]: Trial): Measurement => ({
      params: declaration.parameters.parse(params) as Parameters,
      seed,
      outcome: 'converged',
      metrics,
    });
    for (const { id, judge } of declaration.claims) {
      const [good, bad] = planted[id]!;
      assert.equal(judge(good.map(plant)).status, 'reproduced', `${id}: ${judge(good.map(plant)).measured}`);
      assert.equal(judge(bad.map(plant)).status, 'not reproduced', `${id}: ${judge(bad.map(plant)).measured}`);
      assert.equal(judge([]).status, 'undecided', id);
    }
  });
