import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { RandomStream } from '@natsweep/linalg';
import { runConformance } from '@natsweep/linalg/testing';
import { createTfjsEngine } from './engine.ts';
import { loadTensorflow } from './load.ts';
import { findTensorflow } from './locate.ts';

const tensorflow = findTensorflow();
const skip = tensorflow.found ? false : `${tensorflow.reason}. ${tensorflow.fix}`;
const cpu = { device: 'cpu', threads: 1 } as const;

for (const precision of ['float64', 'float32'] as const) {
  const name = `tfjs ${precision} on the CPU`;
  if (skip === false) runConformance(name, () => createTfjsEngine({ ...cpu, precision }));
  else test(name, (t) => t.skip(skip));
}

describe('tfjs', { skip }, () => {
  test("thousands of steps leave the binding's tensor count where it was", () => {
    const engine = createTfjsEngine(cpu);
    const { binding } = loadTensorflow(cpu);
    const weights = engine.tensor(new RandomStream(0, 'weights').normals(36), [6, 6]);
    const inputs = engine.tensor(new RandomStream(0, 'inputs').normals(24), [4, 6]);
    const step = (): void =>
      engine.scope(() => {
        const outputs = engine.binary('maximum', engine.matmul(inputs, weights, { transposeB: true }), 0);
        const kernel = engine.binary('add', engine.matmul(outputs, outputs, { transposeB: true }), engine.eye(4));
        const dual = engine.choleskySolve(engine.cholesky(kernel).factor, engine.slice(outputs, [null, [0, 6]]));
        engine.matmulAccumulate(weights, dual, inputs, { transposeA: true, scale: -0.01 });
        engine.where(engine.binary('greater', outputs, 0.5), engine.take(outputs, [0, 2, 1, 1]), NaN);
        engine.leastSquares(kernel, outputs);
      });
    step();
    const before = binding.getNumOfTensors();
    for (let i = 0; i < 2000; i++) step();
    assert.equal(binding.getNumOfTensors(), before);
    engine.free(weights, inputs);
    assert.equal(engine.liveTensors(), 0);
  });

  test('operations that fail leave nothing behind in the binding', () => {
    const engine = createTfjsEngine(cpu);
    const { binding } = loadTensorflow(cpu);
    const bad = engine.tensor([1, NaN, NaN, 1], [2, 2]);
    const singular = engine.full([3, 2, 2], 1);
    const misuse = (): void => {
      for (const call of [
        () => engine.eigh(bad),
        () => engine.svd(bad),
        () => engine.solve(singular, bad),
        () => engine.matmul(bad, engine.full([3, 1], 0)),
      ])
        assert.throws(() => engine.scope<unknown>(call));
    };
    misuse();
    const before = binding.getNumOfTensors();
    misuse();
    assert.equal(binding.getNumOfTensors(), before);
  });

  test('helper tensors are reused, and their number is bounded', () => {
    const engine = createTfjsEngine(cpu);
    const { binding } = loadTensorflow(cpu);
    const a = engine.full([2], 1);
    const before = binding.getNumOfTensors();
    for (let i = 0; i < 3000; i++) engine.free(engine.binary('multiply', a, i / 7));
    assert.ok(binding.getNumOfTensors() <= before + 1024);
    assert.deepEqual([...engine.read(engine.binary('multiply', a, 1 / 7))], [1 / 7, 1 / 7]);
  });

  test('float64 values travel unchanged, denormals and the sign of zero included', () => {
    const engine = createTfjsEngine(cpu);
    const values = [Math.PI, -0, 5e-324, Number.MAX_VALUE, -Infinity, NaN];
    const read = engine.read(engine.tensor(values, [6]));
    assert.ok(read.every((value, i) => Object.is(value, values[i])));
  });

  test('errors of TensorFlow name the operation and the shapes', () => {
    const engine = createTfjsEngine(cpu);
    assert.throws(() => engine.full([2 ** 20, 2 ** 20, 2 ** 5], 0), {
      name: 'TensorflowError',
      code: 'TENSORFLOW_OUT_OF_MEMORY',
      message: /^TensorFlow Fill\(\[3\], \[\]\): /,
    });
  });

  test('the same computation gives the same bits every time', () => {
    const values = new RandomStream(0, 'deterministic').normals(120_000);
    const compute = (): Float64Array[] => {
      const engine = createTfjsEngine(cpu);
      return engine.scope(() => {
        const a = engine.tensor(values, [300, 400]);
        const gram = engine.matmul(a, a, { transposeB: true });
        const { factor } = engine.cholesky(gram);
        const { values: spectrum, vectors } = engine.eigh(gram);
        const { u, s, vt } = engine.svd(a);
        const { q, r } = engine.qr(a);
        const parts = [
          gram,
          factor,
          spectrum,
          vectors,
          u,
          s,
          vt,
          q,
          r,
          engine.reduce('sum', a),
          engine.reduce('sum', a, { axis: 0 }),
        ];
        return [...parts, engine.unary('tanh', a), engine.choleskySolve(factor, gram)].map((t) => engine.read(t));
      });
    };
    const first = compute();
    for (let i = 0; i < 3; i++) assert.deepEqual(compute(), first);
  });

  test('TensorFlow was started with as many threads as were asked for, without kernels that vary, and blind to GPUs', () => {
    createTfjsEngine(cpu);
    const { TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS, TF_DETERMINISTIC_OPS, TF_FORCE_GPU_ALLOW_GROWTH } =
      process.env;
    assert.deepEqual(
      { TF_NUM_INTRAOP_THREADS, TF_NUM_INTEROP_THREADS, TF_DETERMINISTIC_OPS, TF_FORCE_GPU_ALLOW_GROWTH },
      {
        TF_NUM_INTRAOP_THREADS: '1',
        TF_NUM_INTEROP_THREADS: '1',
        TF_DETERMINISTIC_OPS: '1',
        TF_FORCE_GPU_ALLOW_GROWTH: 'true',
      },
    );
    assert.equal(process.env['CUDA_VISIBLE_DEVICES'], '-1');
  });

  test('shapes are checked before TensorFlow is called, which would abort or guess', () => {
    const engine = createTfjsEngine(cpu);
    const a = engine.full([2, 3], 1);
    const calls = [
      () => engine.matmul(a, a),
      () => engine.cholesky(a),
      () => engine.solve(a, a),
      () => engine.eigh(a),
      () => engine.binary('add', a, engine.full([4], 1)),
      () => engine.concat([a, engine.full([3, 3], 1)], 1),
      () => engine.reshape(a, [4]),
      () => engine.slice(a, [[0, 3]]),
      () => engine.take(a, [2]),
      () => engine.reduce('sum', a, { axis: 2 }),
      () => engine.tensor([1], [2]),
    ];
    for (const call of calls) assert.throws(() => engine.scope<unknown>(call), { name: 'ShapeError' }, String(call));
    const single = createTfjsEngine({ ...cpu, precision: 'float32' }).full([2, 3], 1);
    assert.throws(() => engine.binary('add', a, single), { name: 'FreedTensorError' });
  });

  test('one process runs TensorFlow in one way', () => {
    assert.throws(() => createTfjsEngine({ device: 'cpu', threads: 2 }), /runs on the cpu with 1 thread\(s\)/);
    assert.throws(() => createTfjsEngine({ device: 'gpu' }), {
      name: 'TensorflowMissingError',
      message: /sees no GPU/,
    });
  });

  test('what it runs on is told', () => {
    const { engine, precision, threads, versions } = createTfjsEngine({ ...cpu, precision: 'float32' }).info();
    assert.deepEqual({ engine, precision, threads }, { engine: 'tfjs', precision: 'float32', threads: 1 });
    assert.match(versions['tensorflow']!, /^\d+\.\d+/);
  });
});
