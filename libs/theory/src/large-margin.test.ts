import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { loadLargeMarginSolver, NoLargeMarginError, type LargeMargin, type SignedInputs } from './large-margin.ts';
import { marginRatio, marginStationarity } from './margin-optimality.ts';
import { powerNorm } from './separators.ts';
import { sparseMargin } from './sparse-margin.ts';

const solver = await loadLargeMarginSolver();
const solved = { rtol: 1e-6, atol: 1e-6 };

function gaussianTask(seed: number, samples: number, dimension: number): SignedInputs {
  const values = new RandomStream(seed, 'inputs').normals(samples * dimension);
  for (let n = 0; n < samples; n++) {
    const row = values.subarray(n * dimension, (n + 1) * dimension);
    if (row[0]! + row[1]! < 0) row.forEach((value, d) => (row[d] = -value));
  }
  return { values, samples, dimension };
}

const marginsOf = ({ values, samples, dimension }: SignedInputs, separator: ArrayLike<number>) =>
  Array.from({ length: samples }, (_, n) => {
    let margin = 0;
    for (let d = 0; d < dimension; d++) margin += values[n * dimension + d]! * separator[d]!;
    return margin;
  });

const combine = ({ values, samples, dimension }: SignedInputs, multipliers: ArrayLike<number>) =>
  Array.from({ length: dimension }, (_, d) => {
    let sum = 0;
    for (let n = 0; n < samples; n++) sum += values[n * dimension + d]! * multipliers[n]!;
    return sum;
  });

const candidate = (inputs: SignedInputs, { separator, multipliers }: LargeMargin) => ({
  margins: marginsOf(inputs, separator),
  separator,
  combination: combine(inputs, multipliers),
});

test('ℓ2 and ℓ1 separators meet the optimality conditions in both regimes', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 2, max: 40 }),
      (seed, samples, dimension) => {
        const inputs = gaussianTask(seed, samples, dimension);
        for (const [power, solution] of [
          [2, solver.l2(inputs)],
          [1, solver.l1(inputs)],
        ] as const) {
          const found = candidate(inputs, solution);
          assertClose(Math.min(...found.margins), 1, solved);
          assertClose(marginRatio(found, power), 1, solved);
          found.margins.forEach((margin, n) => assert.ok(margin < 1 + 1e-5 || solution.multipliers[n]! < 1e-6));
        }
      },
    ),
    { numRuns: 40 },
  );
});

test('the ℓ2 separator is proved by its multipliers at sizes of the sweeps, and where data repeat', () => {
  const repeated = Array.from(gaussianTask(3, 30, 20).values);
  const twice = { values: [...repeated, ...repeated], samples: 60, dimension: 20 };
  for (const inputs of [gaussianTask(1, 240, 200), gaussianTask(2, 190, 200), gaussianTask(3, 300, 100), twice]) {
    const found = candidate(inputs, solver.l2(inputs));
    assertClose(marginRatio(found, 2), 1, solved);
    assertClose(Math.min(...found.margins), 1, solved);
  }
});

test('random labels on many data are refused, never answered', () => {
  for (let seed = 0; seed < 10; seed++) {
    const values = new RandomStream(seed, 'random').normals(80 * 6);
    assert.throws(() => solver.l2({ values, samples: 80, dimension: 6 }), NoLargeMarginError);
  }
});

test('the margin bound is never exceeded by another separator', () => {
  const inputs = gaussianTask(4, 20, 8);
  const { multipliers } = solver.l2(inputs);
  const other = solver.l1(inputs).separator;
  const ratio = marginRatio(
    { margins: marginsOf(inputs, other), separator: other, combination: combine(inputs, multipliers) },
    2,
  );
  assert.ok(ratio < 1 - 1e-3, `ratio ${ratio}`);
});

test('one datum has the separators that can be written down', () => {
  const inputs = { values: [2, -3], samples: 1, dimension: 2 };
  assertClose(solver.l2(inputs).separator, [2 / 13, -3 / 13], solved);
  assertClose(solver.l1(inputs).separator, [0, -1 / 3], solved);
});

test('the ℓ1 interpolant meets every label with at most N non-zero entries, and no smaller ℓ1 norm than the margin', () => {
  const inputs = gaussianTask(6, 7, 15);
  const { separator } = solver.l1Interpolant(inputs);
  assertClose(marginsOf(inputs, separator), new Float64Array(7).fill(1), solved);
  assert.ok(separator.filter((value) => Math.abs(value) > 1e-9).length <= 7);
  assert.ok(powerNorm(separator, 1) >= powerNorm(solver.l1(inputs).separator, 1) - 1e-6);
});

test('a linear cost is minimised at a vertex whose multipliers reproduce it', () => {
  const inputs = gaussianTask(5, 30, 6);
  const cost = combine(inputs, new Float64Array(30).fill(0.5));
  const { separator, multipliers } = solver.linear(inputs, cost);
  const margins = marginsOf(inputs, separator);
  assert.equal(margins.filter((margin) => margin < 1 + 1e-7).length, 6);
  const combination = combine(inputs, multipliers);
  const scale = cost[0]! / combination[0]!;
  assertClose(
    combination.map((value) => value * scale),
    cost,
    solved,
  );
});

test('ℓ_{2/3} separators are stationary, separate, and cost no more than the ℓ1 separator they start from', () => {
  for (const seed of [0, 1, 2]) {
    const inputs = gaussianTask(seed, 25, 12);
    const l1 = solver.l1(inputs);
    const separator = sparseMargin(solver, inputs, { power: 2 / 3, start: l1.separator });
    assert.ok(Math.min(...marginsOf(inputs, separator)) > 1 - 1e-6);
    assert.ok(powerNorm(separator, 2 / 3) <= powerNorm(l1.separator, 2 / 3) * (1 + 1e-6));
    const weights = separator.map((value) => (Math.abs(value) + 1e-6) ** (2 / 3 - 1));
    const { multipliers } = solver.l1(inputs, weights);
    const stationary = { margins: [], separator, combination: combine(inputs, multipliers) };
    assertClose(marginStationarity(stationary, { power: 2 / 3, support: 1e-4 }), 1, { rtol: 1e-4, atol: 0 });
  }
});

test('data that no hyperplane separates are refused', () => {
  const inputs = { values: [1, 0, -1, 0], samples: 2, dimension: 2 };
  assert.throws(() => solver.l2(inputs), NoLargeMarginError);
  assert.throws(() => solver.l1(inputs), NoLargeMarginError);
});
