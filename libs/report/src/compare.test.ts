import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Measured } from '@natsweep/sweep';
import { plantSweep, temporaryStore } from '../testing/planted-sweep.ts';
import { wideFinding, wideSweep } from '../testing/wide-sweep.ts';
import { compareSweeps, ComparisonError } from './compare-sweeps.ts';
import { compareTrials, type CompareOptions } from './compare.ts';
import { ComparedTrials, type ComparedTrial } from './compared-trials.ts';
import { comparisonTable } from './comparison-table.ts';
import { studentQuantile } from './student-t.ts';

test("quantiles of Student's t agree with printed tables and with the closed forms for 1 and 2 degrees of freedom", () => {
  const table: readonly [number, number, number][] = [
    [0.975, 3, 3.182446],
    [0.975, 5, 2.570582],
    [0.975, 10, 2.228139],
    [0.975, 30, 2.042272],
    [0.995, 8, 3.355387],
    [0.95, 1000, 1.646379],
  ];
  for (const [p, freedom, expected] of table)
    assert.ok(Math.abs(studentQuantile(p, freedom) - expected) < 2e-6, `${p}, ${freedom}`);
  for (const p of [0.6, 0.9, 0.975, 0.999]) {
    assert.ok(Math.abs(studentQuantile(p, 1) / Math.tan(Math.PI * (p - 0.5)) - 1) < 1e-9);
    assert.ok(Math.abs(studentQuantile(p, 2) / ((2 * p - 1) / Math.sqrt(2 * p * (1 - p))) - 1) < 1e-9);
    assert.ok(Math.abs(studentQuantile(1 - p, 7) + studentQuantile(p, 7)) < 1e-12);
  }
});

type Planted = Omit<ComparedTrial, 'position'>;

function compare(trials: readonly Planted[], options: CompareOptions) {
  const columns = new ComparedTrials();
  trials.forEach((trial, position) => columns.add({ ...trial, position }));
  return compareTrials(columns, options);
}

const measurement = (approximation: string, seed: number, loss: Measured, depth = 3): Planted => ({
  params: { approximation, depth },
  seed,
  value: loss,
});
const options = { by: 'approximation', metric: 'loss', goal: 'minimize' } as const;

test('differences are paired by seed and by every other parameter: what all pairs share cancels', () => {
  const trials = [1, 2, 3, 4].flatMap((seed) => [
    measurement('exact', seed, 10 * seed),
    measurement('kfac', seed, 10 * seed - [1, 2, 3, 2][seed - 1]!),
  ]);
  const { rows, baseline, scale } = compare([...trials, measurement('kfac', 1, 7, 9)], options)!;
  assert.deepEqual([baseline, scale, rows.length], ['exact', 'difference', 1]);
  const [row] = rows;
  // differences −1, −2, −3, −2: mean −2, sample deviation √(2/3), t_{0.975, 3} = 3.182446
  const half = (3.182446 * Math.sqrt(2 / 3)) / 2;
  assert.equal(row!.pairs, 4);
  assert.equal(row!.estimate, -2);
  assert.ok(Math.abs(row!.interval![0] - (-2 - half)) < 1e-5 && Math.abs(row!.interval![1] - (-2 + half)) < 1e-5);
  assert.equal(row!.winRate, 1);
  assert.ok(Math.abs(row!.effectSize! - 2 / Math.sqrt(2 / 3)) < 1e-12);
});

test('values that span decades are compared by ratio', () => {
  const trials = [1, 2, 3].flatMap((seed) => [
    measurement('exact', seed, 10 ** seed),
    measurement('kfac', seed, 10 ** seed / 4),
  ]);
  const { scale, rows } = compare(trials, options)!;
  assert.equal(scale, 'ratio');
  assert.ok(Math.abs(rows[0]!.estimate! - 0.25) < 1e-12);
});

test('a diverged trial loses, two diverged trials tie, and neither enters the mean', () => {
  const trials = [
    ...[measurement('exact', 1, 5), measurement('kfac', 1, null)],
    ...[measurement('exact', 2, null), measurement('kfac', 2, null)],
    ...[measurement('exact', 3, 4), measurement('kfac', 3, 3)],
  ];
  const [row] = compare(trials, options)!.rows;
  assert.deepEqual([row!.pairs, row!.measuredPairs, row!.estimate, row!.interval, row!.winRate], [3, 1, -1, null, 0.5]);
});

test('values that never meet say in which parameters they differ; an ignored parameter is averaged over', () => {
  const trial = (approximation: string, steps: number, loss: number): Planted => ({
    ...measurement(approximation, 1, loss),
    params: { approximation, steps },
  });
  const trials = [trial('exact', 500, 10), trial('kfac', 10, 4), trial('kfac', 20, 8)];
  const [apart] = compare(trials, options)!.rows;
  assert.deepEqual([apart!.pairs, apart!.differsIn], [0, ['steps']]);
  assert.match(
    comparisonTable(compare(trials, options)!).note,
    /kfac has no pairs: its trials have other values of steps/,
  );
  const [joined] = compare(trials, { ...options, ignore: ['steps'] })!.rows;
  assert.deepEqual([joined!.pairs, joined!.estimate, joined!.differsIn], [1, -4, []]);
});

test('a parameter that only one of two values has is averaged over, and the table says so', () => {
  const damped = (approximation: string, damping: number, loss: number): Planted => ({
    ...measurement(approximation, 1, loss),
    // a rate that only the natural gradients have, the same for all of them: nothing to average over
    params: { approximation, depth: 3, damping, rate: 0.25 },
  });
  const trials = [
    measurement('gradient-descent', 1, 10),
    ...[damped('exact', 0, 4), damped('exact', 1, 8)],
    ...[damped('kfac', 0, 3), damped('kfac', 1, 9)],
  ];
  const { rows } = compare(trials, options)!;
  assert.deepEqual(
    rows.map(({ value, pairs, estimate, averagedOver }) => [value, pairs, estimate, averagedOver]),
    [
      ['exact', 1, -4, ['damping']],
      ['kfac', 1, -4, ['damping']],
    ],
  );
  assert.match(comparisonTable(compare(trials, options)!).note, / Each side of a pair is a mean over damping\./);
  // both have it: paired by it
  const both = compare(trials, { ...options, baseline: 'exact' })!;
  const kfac = both.rows.find(({ value }) => value === 'kfac')!;
  assert.deepEqual([kfac.pairs, kfac.estimate, kfac.averagedOver], [2, 0, []]);
  assert.match(comparisonTable(both).note, / gradient-descent: each side of a pair is a mean over damping\./);
});

test('the goal decides who wins; a baseline can be named; without a second value there is nothing to compare', () => {
  const trials = [measurement('exact', 1, 5), measurement('kfac', 1, 3)];
  assert.equal(compare(trials, { ...options, goal: 'maximize' })!.rows[0]!.winRate, 0);
  assert.equal(compare(trials, { ...options, baseline: 'kfac' })!.rows[0]!.value, 'exact');
  assert.equal(compare(trials, { ...options, baseline: 'diagonal' }), undefined);
  assert.deepEqual(compare(trials.slice(1), options)!.rows, []);
});

test('sweeps are compared by a parameter or with each other, and what cannot be compared is named', async (t) => {
  const store = await temporaryStore(t);
  const one = await plantSweep(store, wideSweep, (trial) => wideFinding(trial));
  const two = await plantSweep(store, wideSweep.replace('planted-wide', 'second'), (trial) => wideFinding(trial, 0.1));
  const { comparison, table, figure } = await compareSweeps(store, [one], { by: 'approximation' });
  assert.equal(comparison.baseline, 'gradient-descent');
  assert.deepEqual(
    comparison.rows.map(({ value, pairs, winRate }) => [value, pairs, winRate]),
    ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'].map((value) => [value, 12, 1]),
  );
  assert.equal(table.rows.length, 4);
  assert.match(figure!.svg, /block-tridiagonal/);
  const between = await compareSweeps(store, [one, two], { by: 'sweep', metric: 'deviationFromTheory' });
  assert.deepEqual(
    between.comparison.rows.map(({ value, pairs }) => [value, pairs]),
    [['second', 108]],
  );
  assert.ok(Math.abs(between.comparison.rows[0]!.estimate! - 0.1) < 1e-9);
  const narrow = await compareSweeps(store, [one], { by: 'approximation', selection: { where: { width: 256 } } });
  assert.deepEqual(
    narrow.comparison.rows.map(({ pairs }) => pairs),
    [6, 6, 6, 6],
  );
  await assert.rejects(compareSweeps(store, [one], { by: 'activation' }), ComparisonError);
  await assert.rejects(
    compareSweeps(store, [one], { by: 'approximation', metric: 'nothing' }),
    /reports no metric nothing/,
  );
});
