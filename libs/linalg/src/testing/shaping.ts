import assert from 'node:assert/strict';
import { ShapeError } from '../errors.ts';
import type { Case } from './context.ts';

export const shapingCases: readonly Case[] = [
  {
    name: 'tensor and read copy row-major values',
    run({ engine }) {
      const values = [1, 2, 3, 4, 5, 6];
      const t = engine.tensor(values, [2, 3]);
      values[0] = 99;
      const first = engine.read(t);
      assert.deepEqual([...first], [1, 2, 3, 4, 5, 6]);
      first[1] = 99;
      assert.deepEqual([...engine.read(t)], [1, 2, 3, 4, 5, 6]);
      assert.deepEqual([...engine.read(engine.tensor(Float32Array.of(0.5), []))], [0.5]);
      assert.deepEqual([...engine.read(engine.tensor([], [3, 0]))], []);
    },
  },
  {
    name: 'adopt takes an array over, whole or part of a buffer',
    run({ engine }) {
      const buffer = new Float64Array([9, 1, 2, 3, 4, 9]);
      const t = engine.adopt(buffer.subarray(1, 5), [2, 2]);
      const sum = engine.binary('add', t, 1);
      engine.free(t);
      assert.deepEqual([...engine.read(sum)], [2, 3, 4, 5]);
      assert.deepEqual([...engine.read(engine.matmul(sum, sum))], [16, 21, 28, 37]);
      assert.throws(() => engine.adopt(new Float64Array(3), [2, 2]), ShapeError);
    },
  },
  {
    name: 'tensor refuses values that do not fill the shape',
    run({ engine }) {
      assert.throws(() => engine.tensor([1, 2], [3]), { name: 'ShapeError', message: /2 values.*\[3\]/ });
      assert.throws(() => engine.tensor([1], [-1]), ShapeError);
      assert.throws(() => engine.full([1.5], 0), ShapeError);
    },
  },
  {
    name: 'full and eye',
    run(c) {
      c.holds(c.engine.full([2, 2], 0.25), [0.25, 0.25, 0.25, 0.25]);
      c.holds(c.engine.full([], -1), [-1]);
      c.holds(c.engine.eye(3), [1, 0, 0, 0, 1, 0, 0, 0, 1]);
      assert.deepEqual(c.engine.eye(0).shape, [0, 0]);
    },
  },
  {
    name: 'reshape keeps the order of values and infers one length',
    run(c) {
      const a = c.normal([2, 3, 4]);
      for (const shape of [[24], [4, 6], [-1, 8], [2, -1, 2, 2], [3, 1, 8]])
        c.agree('elementwise', (e, pick) => e.reshape(pick(a), shape));
      assert.deepEqual(c.engine.reshape(c.engine.full([1], 3), []).shape, []);
      assert.deepEqual(c.engine.reshape(c.engine.full([0, 3], 3), [3, 0]).shape, [3, 0]);
      for (const shape of [[5], [-1, 5], [-1, -1], []])
        assert.throws(() => c.engine.reshape(a.tested, shape), ShapeError);
    },
  },
  {
    name: 'transpose swaps the last two dimensions, or permutes',
    run(c) {
      const a = c.normal([2, 3, 4, 5]);
      c.agree('elementwise', (e, pick) => e.transpose(pick(a)));
      for (const axes of [
        [3, 2, 1, 0],
        [0, 2, 1, 3],
        [1, 0, 2, 3],
        [-1, 0, 1, 2],
        [0, 1, 2, 3],
      ])
        c.agree('elementwise', (e, pick) => e.transpose(pick(a), axes));
      const large = c.normal([67, 45]);
      c.agree('elementwise', (e, pick) => e.transpose(pick(large)));
      for (const axes of [[0], [0, 0, 1, 2], [0, 1, 2, 4]])
        assert.throws(() => c.engine.transpose(a.tested, axes), ShapeError);
      assert.throws(() => c.engine.transpose(c.engine.full([3], 1)), ShapeError);
    },
  },
  {
    name: 'slice takes half-open ranges',
    run(c) {
      const a = c.normal([4, 5, 6]);
      for (const ranges of [
        [[1, 3]],
        [null, [0, 1]],
        [null, null, [2, 6]],
        [
          [3, 4],
          [1, 4],
          [0, 5],
        ],
        [[2, 2]],
        [],
      ] satisfies ([number, number] | null)[][])
        c.agree('elementwise', (e, pick) => e.slice(pick(a), ranges));
      for (const range of [
        [0, 5],
        [-1, 2],
        [3, 2],
        [0.5, 2],
      ] as const)
        assert.throws(() => c.engine.slice(a.tested, [range]), ShapeError);
      assert.throws(() => c.engine.slice(a.tested, [null, null, null, null]), ShapeError);
    },
  },
  {
    name: 'take picks entries along an axis, repeats allowed',
    run(c) {
      const a = c.normal([4, 3, 5]);
      c.agree('elementwise', (e, pick) => e.take(pick(a), [3, 0, 0]));
      c.agree('elementwise', (e, pick) => e.take(pick(a), [2, 1], 1));
      c.agree('elementwise', (e, pick) => e.take(pick(a), [4, 0, 4, 1], -1));
      c.agree('elementwise', (e, pick) => e.take(pick(a), []));
      for (const index of [4, -1, 0.5]) assert.throws(() => c.engine.take(a.tested, [index]), ShapeError);
    },
  },
  {
    name: 'concat joins along an axis',
    run(c) {
      const parts = [c.normal([2, 3, 2]), c.normal([2, 1, 2]), c.normal([2, 0, 2])];
      c.agree('elementwise', (e, pick) => e.concat(parts.map(pick), 1));
      c.agree('elementwise', (e, pick) => e.concat([pick(parts[0]!), pick(parts[0]!)], 0));
      c.agree('elementwise', (e, pick) => e.concat([pick(parts[0]!), pick(parts[0]!)], -1));
      c.agree('elementwise', (e, pick) => e.concat([pick(parts[0]!)], 0));
      assert.throws(
        () =>
          c.engine.concat(
            parts.map(({ tested }) => tested),
            0,
          ),
        ShapeError,
      );
      assert.throws(() => c.engine.concat([], 0), ShapeError);
    },
  },
  {
    name: 'diag and diagonal are inverse to each other',
    run(c) {
      const a = c.normal([2, 3, 4, 4]);
      c.agree('elementwise', (e, pick) => e.diagonal(pick(a)));
      const b = c.normal([2, 3, 4]);
      c.agree('elementwise', (e, pick) => e.diag(pick(b)));
      c.same(c.engine.diagonal(c.engine.diag(b.tested)), b.tested, 'elementwise');
      assert.throws(() => c.engine.diagonal(c.engine.full([2, 3], 1)), ShapeError);
      assert.throws(() => c.engine.diag(c.engine.full([], 1)), ShapeError);
    },
  },
];
