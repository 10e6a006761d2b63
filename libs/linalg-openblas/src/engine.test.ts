import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { RandomStream, createReferenceEngine } from '@natsweep/linalg';
import { assertClose, runConformance, tolerances } from '@natsweep/linalg/testing';
import { createOpenblasEngine } from './engine.ts';
import { findOpenblas } from './library.ts';

const openblas = findOpenblas();
const skip = openblas.found ? false : openblas.reason;

for (const precision of ['float64', 'float32'] as const) {
  const name = `openblas ${precision}`;
  if (openblas.found) runConformance(name, () => createOpenblasEngine({ precision }));
  else test(name, (t) => t.skip(openblas.reason));
}

describe('openblas', { skip }, () => {
  const random = new RandomStream(0, 'openblas test');
  const normal = (...shape: number[]) => ({ shape, values: random.normals(shape.reduce((a, b) => a * b, 1)) });

  test('a product of a matrix with its own transpose is exactly symmetric', () => {
    const engine = createOpenblasEngine();
    for (const shape of [
      [5, 40],
      [77, 40],
      [3, 20, 9],
    ]) {
      const a = engine.tensor(normal(...shape).values, shape);
      for (const options of [{ transposeA: true }, { transposeB: true }]) {
        const gram = engine.matmul(a, a, options);
        assert.deepEqual(engine.read(engine.transpose(gram)), engine.read(gram));
      }
    }
  });

  test('a product of the leading rows of a matrix with all of it is no symmetric product', () => {
    const engine = createOpenblasEngine();
    const reference = createReferenceEngine();
    const { values, shape } = normal(60, 30);
    const product = (e: typeof reference) => {
      const whole = e.tensor(values, shape);
      return e.read(e.matmul(e.slice(whole, [[0, 20]]), whole, { transposeB: true }));
    };
    assertClose(product(engine), product(reference));
  });

  test('several threads give the same results within rounding', () => {
    const { values, shape } = normal(600, 600);
    const gramAndFactor = (threads: number) => {
      const engine = createOpenblasEngine({ threads });
      assert.equal(engine.info().threads, threads);
      const a = engine.tensor(values, shape);
      const gram = engine.matmul(a, engine.transpose(a));
      const damped = engine.binary('add', gram, engine.diag(engine.full([600], 600)));
      return [gram, engine.cholesky(damped).factor, engine.eigh(damped).values].map((t) => engine.read(t));
    };
    const single = gramAndFactor(1);
    gramAndFactor(2).forEach((actual, i) => assertClose(actual, single[i]!, tolerances.float64.factorised));
    createOpenblasEngine({ threads: 1 });
  });

  test('float32 tensors hold float32 values', () => {
    const engine = createOpenblasEngine({ precision: 'float32' });
    assert.deepEqual([...engine.read(engine.tensor([0.1], [1]))], [Math.fround(0.1)]);
    assert.equal(engine.info().precision, 'float32');
  });

  test('memory of freed tensors is used again, and never while a view needs it', () => {
    const engine = createOpenblasEngine();
    const first = engine.full([1000], 1);
    const view = engine.slice(first, [[10, 20]]);
    engine.free(first);
    engine.full([1000], 2);
    assert.ok(engine.read(view).every((value) => value === 1));
    engine.free(view);
    engine.full([1000], 3);
    assert.throws(() => engine.read(view), { name: 'FreedTensorError' });
  });

  test('an array that is taken over is not copied, and is used again only when no view needs it', () => {
    const engine = createOpenblasEngine();
    const values = new Float64Array(1000).fill(1);
    const whole = engine.adopt(values, [1000]);
    engine.accumulate(whole, engine.full([1000], 1));
    assert.equal(values[0], 2);
    const view = engine.slice(whole, [[10, 20]]);
    engine.free(whole);
    engine.full([1000], 3);
    assert.ok(engine.read(view).every((value) => value === 2));
    engine.free(view);
    engine.full([1000], 4);
    assert.equal(values[0], 4);
  });

  test('operands that are repeated over many chunks agree with the reference', () => {
    const shape = [3, 7000];
    const [row, column, full] = [normal(1, 7000), normal(3, 1), normal(...shape)];
    const results = [createOpenblasEngine(), createReferenceEngine()].map((e) =>
      e.scope(() => {
        const [r, c, f] = [row, column, full].map((given) => e.tensor(given.values, given.shape));
        return [
          e.binary('add', r!, c!),
          e.binary('divide', c!, f!),
          e.binary('minimum', 0.3, r!),
          e.where(e.binary('greater', r!, 0), c!, 0.5),
          e.where(c!, f!, r!),
        ].map((t) => e.read(t));
      }),
    );
    results[0]!.forEach((values, i) => assertClose(values, results[1]![i]!));
  });

  test('elementwise operations and rearrangements agree with the reference for any shapes', () => {
    const engine = createOpenblasEngine();
    const reference = createReferenceEngine();
    const shapes = fc
      .array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 })
      .chain((shape) =>
        fc.tuple(
          fc.constant(shape),
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          fc.array(fc.boolean(), { minLength: shape.length, maxLength: shape.length }),
          fc.nat(shape.length),
          fc.shuffledSubarray(shape.map((_, axis) => axis)),
        ),
      );
    fc.assert(
      fc.property(shapes, ([shape, repeatA, repeatB, dropped, axes]) => {
        const a = normal(...shape.map((length, axis) => (repeatA[axis] ? 1 : length)));
        const b = normal(...shape.map((length, axis) => (repeatB[axis] ? 1 : length)).slice(dropped));
        const order = [...axes, ...a.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis))];
        const [tested, expected] = [engine, reference].map((e) =>
          e.scope(() => {
            const [x, y] = [e.tensor(a.values, a.shape), e.tensor(b.values, b.shape)];
            return [
              e.binary('subtract', x, y),
              e.where(e.binary('greater', x, 0), x, y),
              e.transpose(x, order),
              e.reduce('sum', x, { axis: axes }),
              e.slice(
                x,
                a.shape.map((length) => [Math.floor(length / 3), Math.ceil(length / 2)] as const),
              ),
            ].map((t) => ({ shape: [...t.shape], values: e.read(t) }));
          }),
        );
        tested!.forEach((result, i) => {
          assert.deepEqual(result.shape, expected![i]!.shape);
          assertClose(result.values, expected![i]!.values);
        });
      }),
    );
  });
});
