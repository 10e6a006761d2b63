import assert from 'node:assert/strict';
import { ShapeError } from '../errors.ts';
import type { BinaryOp, Reduction, Shape, UnaryOp } from '../engine.ts';
import type { Case } from './context.ts';

const unaryDomains: Readonly<Record<UnaryOp, readonly [from: number, to: number]>> = {
  negative: [-3, 3],
  abs: [-3, 3],
  sign: [-3, 3],
  square: [-3, 3],
  sqrt: [0, 9],
  reciprocal: [0.1, 3],
  exp: [-5, 5],
  expm1: [-1, 1],
  log: [0.01, 10],
  log1p: [-0.9, 2],
  tanh: [-4, 4],
  erf: [-4, 4],
  sin: [-6, 6],
  cos: [-6, 6],
  arcsin: [-1, 1],
  arccos: [-1, 1],
  arctan: [-9, 9],
};
const binaryOps: readonly BinaryOp[] = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'arctan2',
  'greater',
  'equal',
];
const broadcasts: readonly (readonly [Shape, Shape])[] = [
  [
    [3, 4],
    [3, 4],
  ],
  [[], [2, 3]],
  [[2, 3], []],
  [[3, 4], [4]],
  [[4], [3, 4]],
  [
    [3, 4],
    [3, 1],
  ],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [5, 1, 4],
    [3, 1],
  ],
  [
    [2, 3, 4],
    [3, 4],
  ],
  [
    [2, 1, 1, 3],
    [2, 4, 1],
  ],
  [[0, 3], [3]],
  [
    [2, 0],
    [1, 1],
  ],
];
const reductions: readonly Reduction[] = ['sum', 'mean', 'max', 'min'];

const unary = (Object.keys(unaryDomains) as UnaryOp[]).map((op): Case => ({
  name: `unary ${op}`,
  run(c) {
    const [from, to] = unaryDomains[op];
    const grid = Float64Array.from({ length: 41 }, (_, i) => from + ((to - from) * i) / 40);
    const a = c.twin(grid, [41]);
    c.agree('elementwise', (e, pick) => e.unary(op, pick(a)));
    const none = c.twin([], [0, 2]);
    c.agree('elementwise', (e, pick) => e.unary(op, pick(none)));
    const nan = c.twin([NaN], []);
    c.agree('elementwise', (e, pick) => e.unary(op, pick(nan)));
  },
}));

const binary = binaryOps.map((op): Case => ({
  name: `binary ${op} broadcasts`,
  run(c) {
    for (const [left, right] of broadcasts) {
      const a = c.normal(left);
      const b = c.normal(right);
      c.agree('elementwise', (e, pick) => e.binary(op, pick(a), pick(b)));
    }
    const a = c.normal([3, 5]);
    c.agree('elementwise', (e, pick) => e.binary(op, pick(a), 0.5));
    c.agree('elementwise', (e, pick) => e.binary(op, 0.5, pick(a)));
    c.agree('elementwise', (e, pick) => e.binary(op, pick(a), pick(a)));
    const odd = c.twin([NaN, Infinity, -Infinity, 0, 1], [5]);
    const against = c.twin([1, NaN, 2, 0, Infinity], [5]);
    c.agree('elementwise', (e, pick) => e.binary(op, pick(odd), pick(against)));
  },
}));

const reduce = reductions.map((op): Case => ({
  name: `reduce ${op}`,
  run(c) {
    const a = c.normal([3, 4, 5]);
    for (const axis of [undefined, 0, 1, 2, -1, [0, 2], [-1, 0], [0, 1, 2], []])
      for (const keepDims of [false, true])
        c.agree('accumulated', (e, pick) =>
          e.reduce(op, pick(a), { ...(axis === undefined ? {} : { axis }), keepDims }),
        );
    const long = c.normal([1003]);
    c.agree('accumulated', (e, pick) => e.reduce(op, pick(long)));
    const nan = c.twin([1, NaN, 2, 3], [2, 2]);
    c.agree('accumulated', (e, pick) => e.reduce(op, pick(nan), { axis: 1 }));
    const none = c.twin([], [0, 3]);
    if (op === 'max' || op === 'min')
      assert.throws(() => c.engine.reduce(op, none.tested), ShapeError, 'an empty extremum has no value');
    else c.agree('accumulated', (e, pick) => e.reduce(op, pick(none), { axis: 0 }));
    assert.throws(() => c.engine.reduce(op, a.tested, { axis: 3 }), ShapeError);
    assert.throws(() => c.engine.reduce(op, a.tested, { axis: [0, -3] }), ShapeError);
  },
}));

export const elementwiseCases: readonly Case[] = [
  ...unary,
  ...binary,
  ...reduce,
  {
    name: 'power, with the corners that JavaScript and C define differently',
    run(c) {
      const a = c.twin([2, 9, 0, 1, 1, -2, 0.5, 4], [8]);
      const b = c.twin([10, 0.5, 0, NaN, Infinity, 3, -2, -0.5], [8]);
      c.holds(c.engine.binary('power', a.tested, b.tested), [1024, 3, 1, 1, 1, -8, 4, 0.5]);
      c.holds(c.engine.binary('power', a.tested, 2), [4, 81, 0, 1, 1, 4, 0.25, 16]);
    },
  },
  {
    name: 'unary functions follow IEEE 754 at zero and infinity',
    run({ engine }) {
      const of = (op: UnaryOp, x: number) => engine.read(engine.unary(op, engine.tensor([x], [1])))[0];
      assert.equal(of('log', 0), -Infinity);
      assert.ok(Number.isNaN(of('sqrt', -1)));
      assert.ok(Number.isNaN(of('log', -1)));
      assert.equal(of('exp', -Infinity), 0);
      assert.equal(of('exp', Infinity), Infinity);
      assert.equal(of('tanh', Infinity), 1);
      assert.equal(of('erf', -Infinity), -1);
      assert.equal(of('reciprocal', 0), Infinity);
    },
  },
  {
    name: 'unary functions keep small arguments exact to first order',
    run(c) {
      const tiny = c.twin([1e-13, -3e-14], [2]);
      for (const op of ['expm1', 'log1p', 'tanh', 'sin', 'arcsin', 'arctan'] as const) {
        const ratio = c.engine.binary('divide', c.engine.unary(op, tiny.tested), tiny.tested);
        c.holds(ratio, [1, 1], 'accumulated');
      }
      const ratio = c.engine.binary('divide', c.engine.unary('erf', tiny.tested), tiny.tested);
      c.holds(ratio, [2 / Math.sqrt(Math.PI), 2 / Math.sqrt(Math.PI)], 'accumulated');
    },
  },
  {
    name: 'erf at tabulated points (Abramowitz & Stegun, table 7.1)',
    run(c) {
      const x = c.engine.tensor([0.5, 1, 1.5, 2, -0.02], [5]);
      const table = [0.5204998778, 0.8427007929, 0.9661051465, 0.995322265, -0.0225645747];
      assert.ok(c.engine.read(c.engine.unary('erf', x)).every((v, i) => Math.abs(v - table[i]!) < 2e-7));
    },
  },
  {
    name: 'binary of two numbers is a scalar',
    run(c) {
      const sum = c.engine.binary('add', 2, 3);
      assert.deepEqual(sum.shape, []);
      c.holds(sum, [5]);
    },
  },
  {
    name: 'where broadcasts all three operands',
    run(c) {
      const condition = c.twin([1, 0, -2, NaN, 0, 1], [2, 3]);
      const row = c.normal([3]);
      const column = c.normal([2, 1]);
      c.agree('elementwise', (e, pick) => e.where(pick(condition), pick(row), pick(column)));
      c.agree('elementwise', (e, pick) => e.where(pick(condition), 1, NaN));
      const single = c.twin([0, 1, 1], [3, 1, 1]);
      c.agree('elementwise', (e, pick) => e.where(pick(single), pick(condition), 0));
    },
  },
  {
    name: 'operands that do not broadcast are refused',
    run(c) {
      const a = c.engine.full([2, 3], 1);
      const b = c.engine.full([2], 1);
      assert.throws(() => c.engine.binary('add', a, b), { name: 'ShapeError', message: /\[2, 3\] and \[2\]/ });
      assert.throws(() => c.engine.where(a, b, 0), ShapeError);
    },
  },
];
