import assert from 'node:assert/strict';
import { ShapeError } from '../errors.ts';
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

export const decompositionCases: readonly Case[] = [
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
