import assert from 'node:assert/strict';
import { ShapeError } from '../errors.ts';
import type { Shape } from '../engine.ts';
import type { Case } from './context.ts';

/** Batch shapes of the two factors. */
const batches: readonly (readonly [Shape, Shape])[] = [
  [[], []],
  [[3], [3]],
  [[3], []],
  [[], [2]],
  [[2, 1], [3]],
  [
    [2, 3],
    [1, 3],
  ],
  [[0], []],
];
const sizes: readonly (readonly [m: number, k: number, n: number])[] = [
  [1, 1, 1],
  [3, 4, 5],
  [6, 1, 5],
  [17, 9, 1],
  [1, 13, 7],
  [2, 0, 3],
  [0, 2, 3],
  [33, 65, 31],
];

export const productCases: readonly Case[] = [
  {
    name: 'matmul broadcasts its batch and transposes its factors',
    run(c) {
      for (const [aBatch, bBatch] of batches)
        for (const [m, k, n] of sizes)
          for (const transposeA of [false, true])
            for (const transposeB of [false, true]) {
              const a = c.normal([...aBatch, ...(transposeA ? [k, m] : [m, k])]);
              const b = c.normal([...bBatch, ...(transposeB ? [n, k] : [k, n])]);
              c.agree('accumulated', (e, pick) => e.matmul(pick(a), pick(b), { transposeA, transposeB }));
            }
    },
  },
  {
    name: 'matmul scales its product',
    run(c) {
      for (const [m, k, n] of sizes) {
        const a = c.normal([3, m, k]);
        const b = c.normal([k, n]);
        c.agree('accumulated', (e, pick) => e.matmul(pick(a), pick(b), { scale: -0.3 }));
        c.agree('accumulated', (e, pick) => e.matmul(pick(b), pick(b), { transposeA: true, scale: 7 }));
      }
    },
  },
  {
    name: 'matmul of a matrix with its own transpose',
    run(c) {
      for (const shape of [
        [19, 30],
        [70, 40],
        [3, 9, 5],
      ]) {
        const a = c.normal(shape);
        c.agree('accumulated', (e, pick) => e.matmul(pick(a), pick(a), { transposeA: true }));
        c.agree('accumulated', (e, pick) => e.matmul(pick(a), pick(a), { transposeB: true }));
      }
    },
  },
  {
    name: 'matmul of a matrix with a part of its own rows',
    run(c) {
      const a = c.normal([40, 7]);
      c.agree('accumulated', (e, pick) => e.matmul(e.slice(pick(a), [[0, 20]]), pick(a), { transposeB: true }));
      c.agree('accumulated', (e, pick) => e.matmul(pick(a), e.slice(pick(a), [[0, 20]]), { transposeB: true }));
      c.agree('accumulated', (e, pick) => e.matmul(e.reshape(pick(a), [7, 40]), pick(a)));
    },
  },
  {
    name: 'matmul passes NaN on to the rows and columns it belongs to',
    run(c) {
      const a = c.twin([1, NaN, 2, 3], [2, 2]);
      const b = c.twin([1, 2, 3, 4], [2, 2]);
      c.holds(c.engine.matmul(a.tested, b.tested), [NaN, NaN, 11, 16]);
      c.holds(c.engine.matmul(b.tested, a.tested), [5, NaN, 11, NaN]);
      const column = c.engine.tensor([0, 1], [2, 1]);
      const row = c.engine.tensor([NaN, 2], [1, 2]);
      c.holds(c.engine.matmul(column, row), [NaN, 0, NaN, 2]);
      c.holds(c.engine.matmul(row, column, { transposeA: true, transposeB: true }), [NaN, NaN, 0, 2]);
    },
  },
  {
    name: 'matmul refuses factors that do not fit',
    run(c) {
      const a = c.engine.full([2, 3], 1);
      assert.throws(() => c.engine.matmul(a, a), { name: 'ShapeError', message: /\[2, 3\] × \[2, 3\]/ });
      assert.throws(() => c.engine.matmul(a, c.engine.full([3], 1)), ShapeError);
      assert.throws(() => c.engine.matmul(c.engine.full([2, 2, 2], 1), c.engine.full([3, 2, 2], 1)), ShapeError);
    },
  },
  {
    name: 'matmulAccumulate adds to its target in place',
    run(c) {
      for (const [aBatch, bBatch] of batches)
        for (const [m, k, n] of sizes)
          for (const scale of [1, -0.5]) {
            const a = c.normal([...aBatch, k, m]);
            const b = c.normal([...bBatch, n, k]);
            const options = { transposeA: true, transposeB: true, scale };
            const target = c.normal([...c.reference.matmul(a.reference, b.reference, options).shape]);
            c.agree('accumulated', (e, pick) => {
              e.matmulAccumulate(pick(target), pick(a), pick(b), options);
              return pick(target);
            });
          }
      const a = c.engine.full([2, 2], 1);
      assert.throws(() => c.engine.matmulAccumulate(c.engine.full([2, 3], 0), a, a), ShapeError);
      assert.throws(() => c.engine.matmulAccumulate(a, c.engine.full([3, 2, 2], 0), a), ShapeError);
    },
  },
  {
    name: 'matmulAccumulate leaves tensors that were made from its target alone',
    run(c) {
      const { engine } = c;
      const target = engine.tensor([1, 2, 3, 4], [2, 2]);
      const reshaped = engine.reshape(target, [4]);
      const rows = engine.slice(target, [[1, 2]]);
      const copy = engine.transpose(target, [0, 1]);
      engine.matmulAccumulate(target, engine.eye(2), engine.eye(2));
      c.holds(target, [2, 2, 3, 5]);
      for (const [view, values] of [
        [reshaped, [1, 2, 3, 4]],
        [rows, [3, 4]],
        [copy, [1, 2, 3, 4]],
      ] as const)
        c.holds(view, [...values]);
      const base = engine.tensor([1, 2, 3, 4], [4]);
      const view = engine.reshape(base, [2, 2]);
      engine.matmulAccumulate(view, engine.eye(2), engine.eye(2), { scale: 10 });
      c.holds(base, [1, 2, 3, 4]);
      c.holds(view, [11, 2, 3, 14]);
    },
  },
  {
    name: 'accumulate adds to its target in place, and to nothing that was made from it or shares its values',
    run(c) {
      const { engine } = c;
      for (const shape of [[], [5], [3, 4], [0, 2]]) {
        const target = c.normal(shape);
        const a = c.normal(shape);
        for (const scale of [undefined, -0.5])
          c.agree('elementwise', (e, pick) => {
            e.accumulate(pick(target), pick(a), scale);
            return pick(target);
          });
      }
      const base = engine.tensor([1, 2, 3, 4], [4]);
      const view = engine.reshape(base, [2, 2]);
      const rows = engine.slice(view, [[1, 2]]);
      engine.accumulate(view, engine.reshape(base, [2, 2]), 10);
      c.holds(view, [11, 22, 33, 44]);
      c.holds(base, [1, 2, 3, 4]);
      c.holds(rows, [3, 4]);
      engine.accumulate(base, base);
      c.holds(base, [2, 4, 6, 8]);
      assert.throws(() => engine.accumulate(base, view), ShapeError);
      assert.throws(() => engine.accumulate(base, engine.full([1], 1)), ShapeError);
    },
  },
  {
    name: 'matmulAccumulate may use its target as a factor',
    run(c) {
      const a = c.normal([4, 4]);
      const b = c.normal([4, 4]);
      c.agree('accumulated', (e, pick) => {
        const target = e.binary('add', pick(a), 0);
        e.matmulAccumulate(target, target, pick(b), { scale: 0.5 });
        return target;
      });
    },
  },
];
