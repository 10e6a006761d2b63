import assert from 'node:assert/strict';
import { FreedTensorError } from '../errors.ts';
import type { Case } from './context.ts';

export const ownershipCases: readonly Case[] = [
  {
    name: 'scope frees what it made and keeps what it returns',
    run({ engine }) {
      const before = engine.liveTensors();
      let inner = engine.full([1], 0);
      const kept = engine.scope(() => {
        inner = engine.full([2], 1);
        return engine.binary('add', inner, 1);
      });
      assert.equal(engine.liveTensors(), before + 2);
      assert.deepEqual([...engine.read(kept)], [2, 2]);
      assert.throws(() => engine.read(inner), FreedTensorError);
    },
  },
  {
    name: 'scope keeps tensors at any depth of what it returns',
    run({ engine }) {
      const before = engine.liveTensors();
      const result = engine.scope(() => {
        const shared = engine.full([1], 1);
        const nested = { list: [shared, { deep: engine.full([1], 2) }], twice: shared, label: 'x', nothing: null };
        return Object.assign(nested, { cycle: nested as unknown });
      });
      assert.equal(engine.liveTensors(), before + 2);
      assert.equal(engine.read(result.twice)[0], 1);
      assert.equal(engine.read((result.list[1] as { deep: typeof result.twice }).deep)[0], 2);
    },
  },
  {
    name: 'scopes nest: what the inner one returns belongs to the outer one',
    run({ engine }) {
      const before = engine.liveTensors();
      const outside = engine.full([1], 5);
      const sum = engine.scope(() => {
        const a = engine.scope(() => engine.binary('multiply', outside, 2));
        const b = engine.scope(() => engine.scope(() => engine.binary('add', a, 1)));
        assert.equal(engine.liveTensors(), before + 3);
        return engine.read(engine.binary('add', a, b))[0];
      });
      assert.equal(sum, 21);
      assert.equal(engine.liveTensors(), before + 1);
      assert.equal(engine.read(outside)[0], 5);
    },
  },
  {
    name: 'a scope that returns an outer tensor leaves it where it was',
    run({ engine }) {
      const outer = engine.full([1], 3);
      engine.scope(() => engine.scope(() => outer));
      assert.equal(engine.read(outer)[0], 3);
    },
  },
  {
    name: 'a scope that throws frees everything and restores its parent',
    run({ engine }) {
      const before = engine.liveTensors();
      assert.throws(
        () =>
          engine.scope(() => {
            engine.full([3], 1);
            engine.scope(() => {
              engine.full([3], 1);
              throw new Error('on purpose');
            });
          }),
        /on purpose/,
      );
      assert.equal(engine.liveTensors(), before);
      const after = engine.full([1], 1);
      assert.equal(engine.liveTensors(), before + 1);
      engine.free(after);
    },
  },
  {
    name: 'an operation that refuses its arguments leaves no tensor behind',
    run({ engine }) {
      const a = engine.full([2, 3], NaN);
      const square = engine.full([2, 2], NaN);
      const before = engine.liveTensors();
      for (const misuse of [
        () => engine.matmul(a, a),
        () => engine.binary('add', a, square),
        () => engine.eigh(square),
        () => engine.svd(a),
        () => engine.qr(a),
        () => engine.solve(square, square),
        () => engine.leastSquares(a, square),
      ])
        assert.throws(misuse);
      assert.equal(engine.liveTensors(), before);
    },
  },
  {
    name: 'free acts at once, inside and outside scopes, and only once',
    run({ engine }) {
      const before = engine.liveTensors();
      const a = engine.full([1], 1);
      const b = engine.full([1], 2);
      engine.free(a, b);
      assert.equal(engine.liveTensors(), before);
      assert.throws(() => engine.free(a), FreedTensorError);
      engine.scope(() => {
        const c = engine.full([1], 1);
        engine.free(c);
        assert.equal(engine.liveTensors(), before);
        return c;
      });
      assert.equal(engine.liveTensors(), before);
    },
  },
  {
    name: 'a tensor made from another outlives it',
    run({ engine }) {
      const a = engine.tensor([1, 2, 3, 4], [2, 2]);
      const views = [engine.reshape(a, [4]), engine.slice(a, [[0, 2]]), engine.transpose(a, [0, 1])];
      engine.free(a);
      for (let i = 0; i < 20; i++) engine.full([2, 2], 99);
      for (const view of views) assert.deepEqual([...engine.read(view)], [1, 2, 3, 4]);
    },
  },
  {
    name: 'freed tensors are refused by every kind of operation',
    run({ engine }) {
      const good = engine.full([2, 2], 1);
      const freed = engine.full([2, 2], 1);
      engine.free(freed);
      for (const use of [
        () => engine.unary('exp', freed),
        () => engine.binary('add', good, freed),
        () => engine.where(freed, good, 0),
        () => engine.reduce('sum', freed),
        () => engine.reshape(freed, [4]),
        () => engine.transpose(freed),
        () => engine.slice(freed, []),
        () => engine.take(freed, [0]),
        () => engine.concat([good, freed], 0),
        () => engine.diagonal(freed),
        () => engine.diag(freed),
        () => engine.matmul(good, freed),
        () => engine.matmulAccumulate(freed, good, good),
        () => engine.accumulate(freed, good),
        () => engine.accumulate(good, freed),
        () => engine.cholesky(freed),
        () => engine.choleskySolve(good, freed),
        () => engine.solveTriangular(freed, good),
        () => engine.solve(freed, good),
        () => engine.eigh(freed),
        () => engine.svd(freed),
        () => engine.qr(freed),
        () => engine.leastSquares(freed, good),
      ])
        assert.throws(use, FreedTensorError);
    },
  },
  {
    name: 'tensors of another engine are refused',
    run({ engine, reference }) {
      const foreign = reference.full([2], 1);
      assert.throws(() => engine.unary('exp', foreign), FreedTensorError);
    },
  },
  {
    name: 'a step that cleans up after itself leaves the number of live tensors unchanged',
    run({ engine }) {
      const weights = engine.eye(3);
      const before = engine.liveTensors();
      for (let step = 0; step < 50; step++)
        engine.scope(() => {
          const gram = engine.binary('add', engine.matmul(weights, weights, { transposeB: true }), engine.eye(3));
          const { factor } = engine.cholesky(gram);
          engine.matmulAccumulate(weights, engine.choleskySolve(factor, weights), weights, { scale: -0.1 });
          engine.svd(engine.eigh(gram).vectors);
          engine.qr(engine.leastSquares(gram, weights).solution);
        });
      assert.equal(engine.liveTensors(), before);
      assert.ok(engine.read(weights).every(Number.isFinite));
    },
  },
  {
    name: 'the same calls give the same bytes',
    run(c) {
      const { engine } = c;
      const a = c.positive([30, 30]).tested;
      const once = () =>
        [engine.matmul(a, a), engine.cholesky(a).factor, engine.eigh(a).vectors, engine.svd(a).u].map((t) =>
          engine.read(t),
        );
      assert.deepEqual(once(), once());
    },
  },
];
