import assert from 'node:assert/strict';
import { ShapeError, SingularMatrixError } from '../errors.ts';
import type { Shape, Tensor } from '../engine.ts';
import type { Case, Context } from './context.ts';

const squares: readonly Shape[] = [
  [1, 1],
  [2, 2],
  [7, 7],
  [40, 40],
  [3, 5, 5],
  [2, 2, 4, 4],
  [0, 3, 3],
  [0, 0],
];
const rectangles: readonly Shape[] = [
  [1, 1],
  [6, 4],
  [4, 6],
  [5, 5],
  [1, 7],
  [7, 1],
  [2, 3, 8, 3],
  [3, 2, 5],
  [35, 21],
];

export const factorisationCases: readonly Case[] = [
  {
    name: 'cholesky: A = L Lᵀ, zeros above the diagonal, upper triangle never read',
    run(c) {
      for (const shape of squares) {
        const a = c.positive(shape);
        c.agree('factorised', (e, pick) => e.cholesky(pick(a)).factor);
        const { factor, failed } = c.engine.cholesky(a.tested);
        assert.deepEqual(failed, []);
        c.same(c.engine.matmul(factor, factor, { transposeB: true }), a.tested, 'factorised');
        const n = shape.at(-1)!;
        const poison = c.engine.tensor(
          Array.from({ length: n * n }, (_, i) => (i % n > Math.floor(i / n) ? NaN : 0)),
          [n, n],
        );
        const poisoned = c.engine.cholesky(c.engine.binary('add', a.tested, poison));
        assert.deepEqual(poisoned.failed, []);
        c.same(poisoned.factor, factor, 'factorised');
      }
      assert.throws(() => c.engine.cholesky(c.engine.full([2, 3], 1)), ShapeError);
    },
  },
  {
    name: 'cholesky lists what is not positive definite or not finite, and fills it with NaN',
    run(c) {
      const good = [4, 2, 2, 3];
      const matrices = [
        good,
        [1, 2, 2, 1],
        good,
        [0, 0, 0, 0],
        [NaN, 0, 0, 1],
        [1, 0, NaN, 1],
        [1, 0, 0, NaN],
        [Infinity, 0, 0, 1],
        [1, 0, Infinity, 1],
        [-1, 0, 0, 1],
      ];
      const { factor, failed } = c.engine.cholesky(c.engine.tensor(matrices.flat(), [5, 2, 2, 2]));
      assert.deepEqual(failed, [1, 3, 4, 5, 6, 7, 8, 9]);
      c.holds(
        factor,
        matrices.flatMap((m) => (m === good ? [2, 0, 1, Math.SQRT2] : [NaN, NaN, NaN, NaN])),
      );
    },
  },
  {
    name: 'cholesky of a large matrix that fails late',
    run(c) {
      const n = 130;
      const values = Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
      values[n * n - 1] = -1;
      const { factor, failed } = c.engine.cholesky(c.engine.tensor(values, [n, n]));
      assert.deepEqual(failed, [0]);
      assert.ok(c.engine.read(factor).every(Number.isNaN));
    },
  },
  {
    name: 'choleskySolve solves with the factor, broadcasting its batch',
    run(c) {
      for (const shape of squares.slice(0, 6))
        for (const k of [1, 3]) {
          const a = c.positive(shape);
          const b = c.normal([...shape.slice(0, -1), k]);
          const x = c.engine.choleskySolve(c.engine.cholesky(a.tested).factor, b.tested);
          c.same(c.engine.matmul(a.tested, x), b.tested, 'factorised');
        }
      const a = c.positive([4, 4]);
      const b = c.normal([2, 3, 4, 2]);
      c.agree('factorised', (e, pick) => e.choleskySolve(e.cholesky(pick(a)).factor, pick(b)));
      const many = c.positive([3, 4, 4]);
      const single = c.normal([4, 2]);
      c.agree('factorised', (e, pick) => e.choleskySolve(e.cholesky(pick(many)).factor, pick(single)));
      assert.throws(() => c.engine.choleskySolve(c.engine.eye(3), c.engine.full([2, 1], 1)), ShapeError);
    },
  },
  {
    name: 'solveTriangular reads one triangle only',
    run(c) {
      for (const shape of [
        [1, 1],
        [6, 6],
        [3, 4, 4],
      ]) {
        const a = c.positive(shape);
        const b = c.normal([...shape.slice(0, -1), 2]);
        for (const lower of [true, false])
          for (const transpose of [true, false])
            c.agree('factorised', (e, pick) => e.solveTriangular(pick(a), pick(b), { lower, transpose }));
      }
      const wide = c.positive([5, 5]);
      const b = c.normal([4, 5, 1]);
      c.agree('factorised', (e, pick) => e.solveTriangular(pick(wide), pick(b)));
      const half = c.engine.tensor([2, NaN, 1, 4], [2, 2]);
      c.holds(c.engine.solveTriangular(half, c.engine.tensor([2, 9], [2, 1])), [1, 2]);
      const zero = c.engine.tensor([1, 0, 1, 0], [2, 2]);
      assert.throws(() => c.engine.solveTriangular(zero, c.engine.full([2, 1], 1)), SingularMatrixError);
    },
  },
  {
    name: 'solve: A x = b for general A, also where pivoting is needed',
    run(c) {
      for (const shape of [
        [1, 1],
        [2, 2],
        [9, 9],
        [3, 5, 5],
      ]) {
        const a = c.positive(shape);
        const skew = c.normal(shape);
        const b = c.normal([...shape.slice(0, -1), 3]);
        const general = c.engine.binary('add', a.tested, c.engine.binary('multiply', skew.tested, 0.2));
        const x = c.engine.solve(general, b.tested);
        c.same(c.engine.matmul(general, x), b.tested, 'factorised');
      }
      const swap = c.engine.tensor([0, 1, 2, 0], [2, 2]);
      c.holds(c.engine.solve(swap, c.engine.tensor([3, 4], [2, 1])), [2, 3]);
      const batch = c.normal([4, 2, 1]);
      const a = c.twin([3, 1, 1, 2], [2, 2]);
      c.agree('factorised', (e, pick) => e.solve(pick(a), pick(batch)));
    },
  },
  {
    name: 'solve refuses singular and non-finite matrices, naming the first',
    run({ engine }) {
      const good = [1, 0, 0, 1];
      const b = engine.full([2, 1], 1);
      for (const bad of [
        [0, 0, 0, 0],
        [1, 2, 2, 4],
        [1, NaN, 0, 1],
        [Infinity, 0, 0, 1],
      ]) {
        const a = engine.tensor([...good, ...bad], [2, 2, 2]);
        assert.throws(() => engine.solve(a, b), { name: 'SingularMatrixError', message: /solve: matrix 1 / });
      }
    },
  },
  {
    name: 'eigh: A V = V diag(w), Vᵀ V = I, ascending, upper triangle never read',
    run(c) {
      const { engine } = c;
      for (const shape of squares) {
        const n = shape.at(-1)!;
        const spread = c.normal(shape);
        const a = engine.binary('add', spread.tested, engine.transpose(spread.tested));
        const poison = engine.tensor(
          Array.from({ length: n * n }, (_, i) => (i % n > Math.floor(i / n) ? NaN : 0)),
          [n, n],
        );
        const { values, vectors } = engine.eigh(engine.binary('add', a, poison));
        assert.deepEqual([...values.shape], shape.slice(0, -1));
        c.same(engine.matmul(a, vectors), engine.matmul(vectors, engine.diag(values)), 'factorised');
        orthonormalColumns(c, vectors);
        const read = engine.read(values);
        assert.ok(read.every((value, i) => i % n === 0 || read[i - 1]! <= value));
      }
    },
  },
  {
    name: 'eigh with repeated and zero eigenvalues',
    run(c) {
      const a = c.twin([2, 1, 1, 1, 2, 1, 1, 1, 2], [3, 3]);
      const { values, vectors } = c.engine.eigh(a.tested);
      c.holds(values, [1, 1, 4], 'factorised');
      orthonormalColumns(c, vectors);
      c.holds(c.engine.eigh(c.engine.full([3, 3], 0)).values, [0, 0, 0]);
    },
  },
  {
    name: 'svd: A = U diag(s) Vᵀ with orthonormal factors, descending, also without full rank',
    run(c) {
      for (const shape of rectangles) {
        decomposes(c, c.normal(shape).tested);
        const column = c.normal([...shape.slice(0, -1), 1]);
        const row = c.normal([...shape.slice(0, -2), 1, shape.at(-1)!]);
        decomposes(c, c.engine.matmul(column.tested, row.tested));
      }
      decomposes(c, c.engine.full([4, 3], 0));
      const a = c.normal([2, 6, 4]);
      c.agree('factorised', (e, pick) => e.svd(pick(a)).s);
    },
  },
  {
    name: 'qr: A = Q R with orthonormal Q and upper triangular R',
    run(c) {
      for (const shape of rectangles) {
        const a = c.normal(shape).tested;
        const { q, r } = c.engine.qr(a);
        c.same(c.engine.matmul(q, r), a, 'factorised');
        orthonormalColumns(c, q);
        const n = shape.at(-1)!;
        const k = Math.min(n, shape.at(-2)!);
        assert.deepEqual(r.shape.slice(-2), [k, n]);
        assert.ok(c.engine.read(r).every((value, i) => i % n >= Math.floor(i / n) % k || value === 0));
      }
      const { q } = c.engine.qr(c.engine.full([4, 3], 1));
      orthonormalColumns(c, q);
    },
  },
  {
    name: 'leastSquares: residual orthogonal to the range, solution in the row space',
    run(c) {
      const { engine } = c;
      for (const shape of rectangles) {
        const a = c.normal(shape);
        const b = c.normal([...shape.slice(0, -1), 2]);
        const { solution, rank } = engine.leastSquares(a.tested, b.tested);
        const residual = engine.binary('subtract', engine.matmul(a.tested, solution), b.tested);
        const gradient = engine.matmul(a.tested, residual, { transposeA: true });
        c.same(gradient, engine.full(gradient.shape, 0), 'factorised');
        assert.ok(rank.every((value) => value === Math.min(...shape.slice(-2))));
        c.agree('factorised', (e, pick) => e.leastSquares(pick(a), pick(b)).solution);
      }
    },
  },
  {
    name: 'leastSquares finds a known rank, and the minimum-norm solution',
    run(c) {
      const { engine, tolerance } = c;
      const m = 9;
      const n = 7;
      for (const rank of [1, 3, 6]) {
        const u = engine.qr(c.normal([m, rank]).tested).q;
        const v = engine.qr(c.normal([n, rank]).tested).q;
        const spectrum = engine.diag(
          engine.tensor(
            Array.from({ length: rank }, (_, i) => 2 ** -i),
            [rank],
          ),
        );
        const a = engine.matmul(engine.matmul(u, spectrum), v, { transposeB: true });
        const b = c.normal([m, 2]).tested;
        const found = engine.leastSquares(a, b, { rcond: tolerance.accumulated.rtol });
        assert.deepEqual(found.rank, [rank]);
        const scaled = engine.solve(spectrum, engine.matmul(u, b, { transposeA: true }));
        c.same(found.solution, engine.matmul(v, scaled), 'factorised');
      }
      assert.deepEqual(engine.leastSquares(engine.full([3, 2], 0), engine.full([3, 1], 1)).rank, [0]);
      const graded = engine.diag(engine.tensor([1, 1e-3, 1e-6], [3]));
      const b = engine.full([3, 1], 1);
      assert.deepEqual(engine.leastSquares(graded, b, { rcond: 1e-2 }).rank, [1]);
      assert.deepEqual(engine.leastSquares(graded, b, { rcond: 1e-4 }).rank, [2]);
      c.holds(engine.leastSquares(graded, b, { rcond: 1e-4 }).solution, [1, 1000, 0], 'factorised');
    },
  },
  {
    name: 'leastSquares broadcasts its batch',
    run(c) {
      const a = c.normal([3, 6, 4]);
      const b = c.normal([6, 1]);
      c.agree('factorised', (e, pick) => e.leastSquares(pick(a), pick(b)).solution);
      const one = c.normal([6, 4]);
      const many = c.normal([2, 6, 2]);
      c.agree('factorised', (e, pick) => e.leastSquares(pick(one), pick(many)).solution);
      assert.deepEqual(c.engine.leastSquares(one.tested, many.tested).rank, [4, 4]);
      assert.throws(() => c.engine.leastSquares(one.tested, c.engine.full([5, 1], 1)), ShapeError);
    },
  },
  {
    name: 'factorisations refuse non-finite matrices',
    run({ engine }) {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const a = engine.tensor([1, 0, 0, 1, 1, 0, bad, 1], [2, 2, 2]);
        const refuses = { name: 'NonFiniteError', message: /matrix 1 / };
        assert.throws(() => engine.eigh(a), refuses);
        assert.throws(() => engine.svd(a), refuses);
        assert.throws(() => engine.qr(a), refuses);
        assert.throws(() => engine.leastSquares(a, engine.full([2, 1], 1)), refuses);
      }
    },
  },
];

function orthonormalColumns(c: Context, q: Tensor): void {
  const gram = c.engine.matmul(q, q, { transposeA: true });
  const k = gram.shape.at(-1)!;
  c.same(gram, c.engine.binary('add', c.engine.full(gram.shape, 0), c.engine.eye(k)), 'factorised');
}

function decomposes(c: Context, a: Tensor): void {
  const { engine } = c;
  const { u, s, vt } = engine.svd(a);
  const k = Math.min(...a.shape.slice(-2));
  assert.deepEqual(s.shape, [...a.shape.slice(0, -2), k]);
  c.same(engine.matmul(engine.matmul(u, engine.diag(s)), vt), a, 'factorised');
  orthonormalColumns(c, u);
  orthonormalColumns(c, engine.transpose(vt));
  const read = engine.read(s);
  assert.ok(read.every((value, i) => value >= 0 && (i % k === 0 || read[i - 1]! >= value)));
}
