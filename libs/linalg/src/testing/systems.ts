import assert from 'node:assert/strict';
import { ShapeError, SingularMatrixError } from '../errors.ts';
import type { Shape } from '../engine.ts';
import type { Case } from './context.ts';

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

export const systemCases: readonly Case[] = [
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
    name: 'cholesky factors a + shift I, and leaves a as it was',
    run(c) {
      for (const shape of squares) {
        const a = c.positive(shape);
        const before = c.engine.read(a.tested);
        c.agree('factorised', (e, pick) => e.cholesky(pick(a), { shift: 0.7 }).factor);
        const explicit = c.engine.binary(
          'add',
          a.tested,
          c.engine.binary('multiply', 0.7, c.engine.eye(shape.at(-1)!)),
        );
        c.same(c.engine.cholesky(a.tested, { shift: 0.7 }).factor, c.engine.cholesky(explicit).factor, 'factorised');
        assert.deepEqual(c.engine.read(a.tested), before);
      }
      const indefinite = c.engine.tensor([1, 0, 0, -1], [2, 2]);
      assert.deepEqual(c.engine.cholesky(indefinite, { shift: 1.5 }).failed, []);
      assert.deepEqual(c.engine.cholesky(indefinite, { shift: 0.5 }).failed, [0]);
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
];
