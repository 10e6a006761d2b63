import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine, RandomStream, type LinalgEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { weightedLeastSquares } from './weighted-least-squares.ts';

const engine = createReferenceEngine();

function problem(seed: number, rows: number, columns: number) {
  const values = new RandomStream(seed, 'a').normals(rows * columns);
  return {
    values,
    a: engine.tensor(values, [rows, columns]),
    target: new RandomStream(seed, 'r').normals(rows),
    rows,
    columns,
  };
}

test('moderate weights: the weighted residual is orthogonal to the columns', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 6 }),
      (seed, columns, extra) => {
        const { a, values, target, rows } = problem(seed, columns + extra, columns);
        const logWeights = new RandomStream(seed, 'w').normals(rows);
        const { solution, rank } = weightedLeastSquares(engine, a, { logWeights, target });
        assert.equal(rank, columns);
        const d = engine.read(solution);
        for (let j = 0; j < columns; j++) {
          let sum = 0;
          let size = 1;
          for (let n = 0; n < rows; n++) {
            const row = values.subarray(n * columns, (n + 1) * columns);
            const fitted = row.reduce((s, value, i) => s + value * d[i]!, 0);
            const term = Math.exp(logWeights[n]!) * row[j]!;
            sum += term * (fitted - target[n]!);
            size += Math.abs(term) * (Math.abs(fitted) + Math.abs(target[n]!));
          }
          assert.ok(Math.abs(sum) < 1e-10 * size, `gradient ${sum}`);
        }
      },
    ),
  );
});

test('weights that spread over hundreds of orders of magnitude: the heaviest rows are met exactly, in any order', () => {
  for (const spread of [60, 300, 600]) {
    const { a, values, target } = problem(3, 9, 4);
    const heavy = [7, 2, 5, 0];
    const logWeights = Float64Array.from({ length: 9 }, (_, n) =>
      heavy.includes(n) ? -0.3 * spread * heavy.indexOf(n) : -spread - 60 - n,
    );
    const { solution, rank } = weightedLeastSquares(engine, a, { logWeights, target });
    assert.equal(rank, 4);
    const d = engine.read(solution);
    for (const n of heavy) {
      const fitted = values.subarray(4 * n, 4 * n + 4).reduce((sum, value, i) => sum + value * d[i]!, 0);
      assertClose(fitted, target[n]!, { rtol: 1e-10, atol: 1e-10 });
    }
  }
});

test('a hierarchy of weights is solved as a hierarchy: light rows decide only what heavy ones leave open', () => {
  // heavy: d0 + d1 = 2; of middle weight: d0 − d1 = 0 and d0 − d1 = 4, mean 2; light rows do not count
  const a = engine.tensor([1, 1, 1, -1, 1, -1, 5, 7], [4, 2]);
  const target = Float64Array.of(2, 0, 4, 100);
  const { solution } = weightedLeastSquares(engine, a, { logWeights: Float64Array.of(0, -200, -200, -500), target });
  assertClose(engine.read(solution), [2, 0]);
});

test('a common shift of the log weights changes nothing', () => {
  const { a, target } = problem(4, 6, 3);
  const logWeights = new RandomStream(4, 'w').normals(6);
  const solve = (shift: number) =>
    engine.read(weightedLeastSquares(engine, a, { logWeights: logWeights.map((w) => w + shift), target }).solution);
  assertClose(solve(-1e6), solve(0), { rtol: 1e-8, atol: 1e-8 });
});

test('dependent and zero columns: the least-norm solution, with its rank', () => {
  const values = new RandomStream(5, 'a').normals(8 * 2);
  const rows = Array.from({ length: 8 }, (_, n) => {
    const [x, y] = [values[2 * n]!, values[2 * n + 1]!];
    return [x, y, x - 2 * y, 0];
  });
  const target = new RandomStream(5, 'r').normals(8);
  const logWeights = new RandomStream(5, 'w').normals(8).map((w) => 3 * w);
  const { solution, rank } = weightedLeastSquares(engine, engine.tensor(rows.flat(), [8, 4]), { logWeights, target });
  assert.equal(rank, 2);
  const root = logWeights.map((w) => Math.exp(w / 2));
  const expected = engine.leastSquares(
    engine.tensor(
      rows.flatMap((row, n) => row.map((value) => value * root[n]!)),
      [8, 4],
    ),
    engine.tensor(
      target.map((value, n) => value * root[n]!),
      [8, 1],
    ),
    { rcond: 1e-10 },
  );
  assertClose(engine.read(solution), engine.read(expected.solution), { rtol: 1e-8, atol: 1e-8 });
});

test('a dependent column is found wherever it stands and however the weights spread', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 0, max: 3 }), fc.constantFrom(0, 1, 10, 60), (seed, place, spread) => {
      const { values, target } = problem(seed, 9, 3);
      const rows = Array.from({ length: 9 }, (_, n) => {
        const [x, y, z] = [0, 1, 2].map((d) => values[3 * n + d]!) as [number, number, number];
        return [x, y, z].toSpliced(place, 0, x - 2 * y + z);
      });
      const logWeights = new RandomStream(seed, 'w').normals(9).map((w) => spread * w);
      const { solution, rank } = weightedLeastSquares(engine, engine.tensor(rows.flat(), [9, 4]), {
        logWeights,
        target,
      });
      assert.equal(rank, 3);
      // the null space is spanned by (1, −2, 1, −1), the last at its place: a least-norm solution has none of it
      const d = engine.read(solution);
      const dependence = [1, -2, 1].toSpliced(place, 0, -1);
      const along = dependence.reduce((sum, value, i) => sum + value * d[i]!, 0) / Math.sqrt(7);
      assert.ok(Math.abs(along) <= 1e-8 * Math.hypot(...d), `${along} of ${Math.hypot(...d)}`);
    }),
    { numRuns: 100 },
  );
});

test('columns that differ by the rounding of single precision are dependent where the engine computes in it', () => {
  const single: LinalgEngine = { ...engine, info: () => ({ ...engine.info(), precision: 'float32' }) };
  const { values, target } = problem(7, 6, 2);
  const rows = Array.from({ length: 6 }, (_, n) => {
    const [x, noise] = [values[2 * n]!, values[2 * n + 1]!];
    return [x, x + 1e-8 * noise];
  });
  const a = engine.tensor(rows.flat(), [6, 2]);
  const given = { logWeights: new Float64Array(6), target };
  assert.equal(weightedLeastSquares(engine, a, given).rank, 2);
  const { solution, rank } = weightedLeastSquares(single, a, given);
  assert.equal(rank, 1);
  const slope = rows.reduce((sum, [x], n) => sum + x! * target[n]!, 0) / rows.reduce((sum, [x]) => sum + x! * x!, 0);
  assertClose(engine.read(solution), [slope / 2, slope / 2], { rtol: 1e-6, atol: 0 });
});

test('fewer rows with a weight than columns: they are met by the vector of least norm', () => {
  const { a, values, target } = problem(6, 5, 3);
  const logWeights = Float64Array.of(0, -5000, -3, -700, -1e6);
  const { solution, rank } = weightedLeastSquares(engine, a, { logWeights, target });
  assert.equal(rank, 2);
  const kept = engine.tensor([...values.subarray(0, 3), ...values.subarray(6, 9)], [2, 3]);
  const expected = engine.leastSquares(kept, engine.tensor([target[0]!, target[2]!], [2, 1]));
  assertClose(engine.read(solution), engine.read(expected.solution));
});
