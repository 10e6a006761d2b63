import assert from 'node:assert/strict';
import { test } from 'node:test';
import { axisImportance } from './axis-importance.ts';
import type { Objective } from './objective.ts';
import { objectiveOf, ranked } from './objective.ts';
import type { RecordedSweep } from './recorded-sweep.ts';

const ofTrial: Objective['ofTrial'] = ({ metrics }) => metrics['m']!;

function objective(value: (a: number, b: number, seed: number) => number): Objective {
  const trials = [0, 1, 2].flatMap((a) =>
    [0, 1, 2, 3].flatMap((b) =>
      [0, 1, 2].map((seed) => {
        const metrics = { m: value(a, b, seed) };
        return { trialId: '', index: 0, params: { a, b }, seed, outcome: 'converged', metrics } as const;
      }),
    ),
  );
  return { metric: 'm', goal: 'minimize', description: '', scale: 'linear', trials, ofTrial };
}

const shareOf = (o: Objective) =>
  Object.fromEntries(axisImportance(o, ['a', 'b']).map(({ parameter, share }) => [parameter, share]));

test('an axis that alone decides explains all of the variance, one that decides nothing none', () => {
  const { a, b } = shareOf(objective((x) => 10 * x));
  assert.equal(a, 1);
  assert.equal(b, 0);
});

test('ω² agrees with sums of squares worked out here for a two-way layout', () => {
  // y = 3a + b + seed noise of mean zero: balanced, so sums of squares add up
  const noise = [-0.5, 0, 0.5];
  const { a, b } = shareOf(objective((x, y, seed) => 3 * x + y + noise[seed]!));
  const [ssA, ssB, ssE] = [12 * 9 * 2, 9 * (2.25 + 0.25 + 0.25 + 2.25), 12 * 0.5];
  const total = ssA + ssB + ssE;
  const omega = (between: number, levels: number) => {
    const within = (total - between) / (36 - levels);
    return (between - (levels - 1) * within) / (total + within);
  };
  assert.ok(Math.abs(a! - omega(ssA, 3)) < 1e-12);
  assert.ok(Math.abs(b! - omega(ssB, 4)) < 1e-12);
});

test('an axis that some trials do not have explains no more than their part of the variance', () => {
  // trials of a = 0 lack b; the others are 9 ± 1 by b: 24 of the trials, each 1 from their mean
  const whole = objective((a, b) => (a === 0 ? 0 : b < 2 ? 8 : 10));
  const trials = whole.trials.map((trial) => (trial.params['a'] === 0 ? { ...trial, params: { a: 0 } } : trial));
  const { b } = shareOf({ ...whole, trials });
  const total = 24 * 1 + 24 * (9 - 6) ** 2 + 12 * (0 - 6) ** 2;
  assert.ok(Math.abs(b! - 24 / total) < 1e-12);
});

test('interaction is nobody’s share; constant objectives and single trials have no shares', () => {
  const { a, b } = shareOf(objective((x, y) => (x - 1) * (y - 1.5)));
  assert.deepEqual([a, b], [0, 0]);
  assert.deepEqual(shareOf(objective(() => 5)), { a: 0, b: 0 });
  assert.deepEqual(shareOf({ ...objective(() => 5), trials: objective(() => 5).trials.slice(0, 1) }), { a: 0, b: 0 });
});

test('the objective ranks by its goal, leaves out what is not finite, and is log only over decades of positive values', () => {
  const found = (values: readonly (number | null)[], goal: 'minimize' | 'maximize') => {
    const recorded = {
      spec: { objective: { metric: 'm', goal } },
      declaration: { metrics: { m: { description: 'd', unit: '1' } }, figures: [] },
    } as unknown as RecordedSweep;
    const trial = { trialId: '', params: {}, seed: 0, outcome: 'converged' } as const;
    return objectiveOf(
      recorded,
      values.map((m, index) => ({ ...trial, index, metrics: { m } })),
    )!;
  };
  const order = (o: Objective) => ranked(o).map(ofTrial);
  assert.deepEqual(order(found([3, null, 1, 2], 'minimize')), [1, 2, 3]);
  assert.deepEqual(order(found([3, null, 1, 2], 'maximize')), [3, 2, 1]);
  assert.equal(found([1, 1000], 'minimize').scale, 'log');
  assert.equal(found([1, 10], 'minimize').scale, 'linear');
  assert.equal(found([0, 1000], 'minimize').scale, 'linear');
});
