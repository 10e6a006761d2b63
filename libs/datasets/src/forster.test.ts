import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Dataset } from './dataset.ts';
import { DatasetError } from './dataset.ts';
import { forsterTransform } from './forster.ts';
import { gaussianDataset } from './gaussian.ts';

const engine = createReferenceEngine();
const scaled = (samples: number, inputDimension: number): Dataset => {
  const dataset = gaussianDataset({ inputDimension, samples, testSamples: 4, seed: 3, normalisation: 'none' });
  const stretch = (inputs: Float64Array) => inputs.map((value, i) => value * 10 ** (-(i % inputDimension) / 2));
  return {
    ...dataset,
    train: { ...dataset.train, inputs: stretch(dataset.train.inputs) },
    test: { ...dataset.test, inputs: stretch(dataset.test.inputs) },
  };
};

for (const [samples, dimension] of [
  [40, 6],
  [25, 10],
] as const)
  test(`ZᵀZ = (N/M0) I and unit rows for N = ${samples}, M0 = ${dimension}`, () => {
    const { dataset, residual } = forsterTransform(engine, scaled(samples, dimension));
    const z = dataset.train.inputs;
    for (let i = 0; i < dimension; i++)
      for (let j = 0; j < dimension; j++) {
        let sum = 0;
        for (let n = 0; n < samples; n++) sum += z[n * dimension + i]! * z[n * dimension + j]!;
        assert.ok(Math.abs(sum - (i === j ? samples / dimension : 0)) < 1e-6, `entry ${i}, ${j}: ${sum}`);
      }
    for (let n = 0; n < samples; n++)
      assert.ok(Math.abs(Math.hypot(...z.subarray(n * dimension, (n + 1) * dimension)) - 1) < 1e-12);
    assert.ok(residual <= 1e-9);
  });

test('the map is linear up to the row norms, and the same for train and test', () => {
  const before = scaled(40, 6);
  const { dataset } = forsterTransform(engine, { ...before, test: before.train });
  assert.deepEqual(dataset.test.inputs, dataset.train.inputs);
  const doubled = { ...before.train, inputs: before.train.inputs.map((value) => 2 * value) };
  const again = forsterTransform(engine, { ...before, test: doubled }).dataset;
  again.test.inputs.forEach((value, i) => assert.ok(Math.abs(value - dataset.train.inputs[i]!) < 1e-12));
});

test('where none exists it says why', () => {
  assert.throws(() => forsterTransform(engine, scaled(5, 6)), /needs N ≥ M_0; here N = 5 and M_0 = 6/);
  const flat = scaled(20, 4);
  const without = flat.train.inputs.map((value, i) => (i % 4 === 3 ? 0 : value));
  assert.throws(
    () => forsterTransform(engine, { ...flat, train: { ...flat.train, inputs: without } }),
    (error: unknown) => error instanceof DatasetError && /span all M_0 dimensions/.test(error.message),
  );
});
