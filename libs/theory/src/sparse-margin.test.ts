import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { loadLargeMarginSolver, type SignedInputs } from './large-margin.ts';
import { cosine } from './separators.ts';
import { sparseMargin } from './sparse-margin.ts';
import { localMargins } from './testing/index.ts';

const solver = await loadLargeMarginSolver();

/** Separable by (1, 1, 0, …, 0). */
function task(seed: number, samples: number, dimension: number): SignedInputs {
  const values = new RandomStream(seed, 'inputs').normals(samples * dimension);
  for (let n = 0; n < samples; n++) {
    const row = values.subarray(n * dimension, (n + 1) * dimension);
    if (row[0]! + row[1]! < 0) row.forEach((value, d) => (row[d] = -value));
  }
  return { values, samples, dimension };
}

const sizes = fc.record({
  seed: fc.integer(),
  samples: fc.integer({ min: 2, max: 6 }),
  dimension: fc.integer({ min: 2, max: 4 }),
  power: fc.constantFrom(2 / 3, 1 / 2, 2 / 5),
});

test('exhaustive search: one datum has one local minimum per axis, the cheapest on its largest entry', () => {
  const found = localMargins({ values: [2, -3], samples: 1, dimension: 2 }, 2 / 3);
  assert.deepEqual(
    found.map(({ separator }) => [...separator]),
    [
      [0, -1 / 3],
      [1 / 2, 0],
    ],
  );
});

test('exhaustive search: no perturbation of a local minimum that keeps the margins costs less', () => {
  fc.assert(
    fc.property(sizes, ({ seed, samples, dimension, power }) => {
      const inputs = task(seed, samples, dimension);
      const noise = new RandomStream(seed, 'noise').normals(200 * dimension);
      for (const { separator, cost } of localMargins(inputs, power))
        for (let trial = 0; trial < 200; trial++) {
          const moved = separator.map((value, i) => value + 1e-4 * noise[trial * dimension + i]!);
          const margins = Array.from({ length: samples }, (_, n) =>
            moved.reduce((sum, value, i) => sum + value * inputs.values[n * dimension + i]!, 0),
          );
          const least = Math.min(...margins);
          const feasible = moved.map((value) => value / Math.min(1, least));
          const costs = feasible.reduce((sum, value) => sum + Math.abs(value) ** power, 0);
          if (least > 0.5) assert.ok(costs >= cost * (1 - 1e-9), `${costs} below ${cost}`);
        }
    }),
    { numRuns: 30 },
  );
});

/** Where the reweighted problems end from a start: its cost, after a check that it is one of the local minima. */
function endFrom(start: ArrayLike<number>, of: { readonly inputs: SignedInputs; readonly power: number }): number {
  const separator = sparseMargin(solver, of.inputs, { power: of.power, start });
  const nearest = localMargins(of.inputs, of.power).reduce((best, next) =>
    cosine(next.separator, separator) > cosine(best.separator, separator) ? next : best,
  );
  assertClose(separator, nearest.separator, { rtol: 1e-5, atol: 1e-5 * Math.max(...separator.map(Math.abs)) });
  return nearest.cost;
}

test('from any start the reweighted ℓ1 problems end at a local minimum', () => {
  fc.assert(
    fc.property(sizes, ({ seed, samples, dimension, power }) => {
      const inputs = task(seed, samples, dimension);
      for (let i = 0; i < 5; i++) endFrom(new RandomStream(seed, `start${i}`).normals(dimension), { inputs, power });
    }),
    { numRuns: 15 },
  );
});

test('from the ℓ1 separator that is mostly the global minimum, from every support nearly always', () => {
  let [fromL1, fromSupports] = [0, 0];
  const [cases, dimension, power] = [40, 3, 2 / 3];
  for (let seed = 0; seed < cases; seed++) {
    const inputs = task(seed, 6, dimension);
    const global = localMargins(inputs, power)[0]!.cost * (1 + 1e-6);
    const l1 = endFrom(solver.l1(inputs).separator, { inputs, power });
    const supports = Array.from({ length: 2 ** dimension - 1 }, (_, set) =>
      Array.from({ length: dimension }, (_, i) => ((set + 1) >> i) & 1),
    );
    assert.ok(l1 >= global * (1 - 1e-5));
    if (l1 <= global) fromL1++;
    if (Math.min(l1, ...supports.map((start) => endFrom(start, { inputs, power }))) <= global) fromSupports++;
  }
  assert.ok(fromL1 >= 0.6 * cases, `${fromL1} of ${cases} from ℓ1`);
  assert.ok(fromSupports >= 0.95 * cases, `${fromSupports} of ${cases} from supports`);
});
