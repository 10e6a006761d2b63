import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { createNetwork, freeNetwork, linearise } from '@natsweep/models';
import type { Architecture } from '@natsweep/models';
import { analyticNtk } from './analytic-kernels.ts';
import { coefficientMatrix } from './coefficient-matrix.ts';
import { limitPrediction } from './limit-predictor.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;
const [dimension, samples, held] = [12, 4, 4];

const unit = (purpose: string, rows: number): Tensor => {
  const raw = new RandomStream(7, purpose).normals(rows * dimension);
  return engine.tensor(
    raw.map((value, i) => {
      const start = Math.floor(i / dimension) * dimension;
      return value / Math.hypot(...raw.subarray(start, start + dimension));
    }),
    [rows, dimension],
  );
};
const [train, test_] = [unit('test/train', samples), unit('test/held', held)];
const residual = engine.tensor(new RandomStream(7, 'test/residual').normals(samples), [samples, 1]);
const shape = (width: number): Architecture => ({
  widths: [dimension, width, width, 1],
  activation: { name: 'relu' },
  weightVariance: 2,
  biasVariance: 0,
});

for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'] as const) {
  const predict = (points: Tensor) =>
    limitPrediction(engine, shape(8), approximation, { train, test: points, residual, response: [0, 1, 0] });

  test(`${approximation} interpolates: at the training points it adds the whole residual`, () => {
    const { correction, solves } = predict(train);
    assertClose(engine.read(correction), engine.read(residual), { rtol: 1e-7, atol: 1e-8 });
    assert.ok(solves.every(({ method }) => method === 'cholesky'));
  });

  test(`${approximation} at infinite width is what finite networks tend to, as 1/√M`, () => {
    const expected = engine.read(predict(test_).correction);
    const errorAt = (width: number): number => {
      const errors = Array.from({ length: 6 }, (_, seed) =>
        engine.scope(() => {
          const network = createNetwork(engine, shape(width), seed);
          const [columns, rows] = [linearise(engine, network, train), linearise(engine, network, test_)];
          freeNetwork(engine, network);
          const [cross, own] = [rows, columns].map((points) =>
            coefficientMatrix(engine, approximation, { rows: points, columns }, 1e-10),
          ) as [Tensor, Tensor];
          const moved = engine.read(engine.matmul(cross, engine.solve(own, residual)));
          return Math.hypot(...moved.map((value, i) => value - expected[i]!)) / Math.hypot(...expected);
        }),
      );
      return errors.reduce((a, b) => a + b) / errors.length;
    };
    // a factor of 9 in width is expected to divide the error by 3
    const [narrow, wide] = [errorAt(40), errorAt(360)];
    assert.ok(wide < 0.5 * narrow, `${narrow} at 40, ${wide} at 360`);
  });
}

test('block-tridiagonal of three layers trains the middle layer alone: its kernel is Θ_2', () => {
  const inputs = { train, test: test_, residual };
  const some = limitPrediction(engine, shape(8), 'block-tridiagonal', { ...inputs, response: [0, 1, 0] });
  const doubled = limitPrediction(engine, shape(8), 'block-tridiagonal', { ...inputs, response: [0, 2, 0] });
  assertClose(engine.read(some.correction), engine.read(doubled.correction), factorised);
});

test('condition numbers are measured where they are asked for, of every kernel that is solved', () => {
  const inputs = { train, test: test_, residual, response: [0, 1, 0] };
  const solvesOf = (name: 'exact' | 'block-diagonal' | 'block-tridiagonal' | 'kfac', measureCondition: boolean) =>
    limitPrediction(engine, shape(8), name, { ...inputs, measureCondition }).solves;
  for (const [name, kernels] of [
    ['exact', 1],
    ['block-diagonal', 3],
    ['block-tridiagonal', 1],
    ['kfac', 5],
  ] as const) {
    const measured = solvesOf(name, true).map(({ condition }) => condition);
    assert.equal(measured.length, kernels);
    assert.ok(
      measured.every((condition) => condition! >= 1),
      name,
    );
    assert.ok(solvesOf(name, false).every(({ condition }) => condition === undefined));
  }
  const own = { rows: train, columns: train, same: true };
  const eigenvalues = engine.read(engine.eigh(analyticNtk(engine, shape(8), own, { trainSamples: samples })).values);
  assertClose([solvesOf('exact', true)[0]!.condition!], [eigenvalues.at(-1)! / eigenvalues[0]!], factorised);
});

test('K-FAC with fewer dimensions than samples weighs the training points by their leverage (S.109)', () => {
  const flat = (rows: Tensor) => engine.slice(rows, [null, [0, 2]]);
  const normed = (rows: Tensor) => {
    const lengths = engine.unary(
      'sqrt',
      engine.reduce('sum', engine.unary('square', rows), { axis: 1, keepDims: true }),
    );
    return engine.binary('divide', rows, lengths);
  };
  const few = normed(flat(train));
  const architecture = { ...shape(8), widths: [2, 8, 8, 1], biasVariance: 0 };
  const { correction, solves } = limitPrediction(engine, architecture, 'kfac', {
    train: few,
    test: few,
    residual,
    response: [],
  });
  assert.ok(solves.some(({ method }) => method === 'eigendecomposition'));
  const gram = engine.matmul(few, few, { transposeA: true });
  const projector = engine.matmul(few, engine.solve(gram, engine.transpose(few)));
  // the off-diagonal entries of the Hadamard product with I vanish, so each point gets its own residual back
  assert.ok(engine.read(engine.diagonal(projector)).every((value) => value > 0 && value < 1));
  assertClose(engine.read(correction), engine.read(residual), { rtol: 1e-6, atol: 1e-7 });
});
