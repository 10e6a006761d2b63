import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadImages } from './images.ts';
import type { ImageOptions } from './image-dataset.ts';
import { DatasetError } from './dataset.ts';

const loadMnist = (options: ImageOptions) => loadImages('mnist', undefined, options);
const norm = (row: Float64Array): number => Math.hypot(...row);

test('two classes give one output of ±0.5 in the order of the list, with unit-norm samples', () => {
  const { train, test: held, inputDimension, outputs } = loadMnist({ classes: [0, 7], samples: 100, testSamples: 50 });
  assert.deepEqual([inputDimension, outputs, train.samples, held.samples], [784, 1, 100, 50]);
  assert.ok(train.targets.every((target) => Math.abs(target) === 0.5));
  // the label file begins 5 0 4 1: its first 0 comes before its first 7
  assert.equal(train.targets[0], 0.5);
  for (let n = 0; n < 100; n++) assert.ok(Math.abs(norm(train.inputs.subarray(n * 784, (n + 1) * 784)) - 1) < 1e-12);
});

test('the first samples of the file are the published ones: 5 0 4 1 9 2 1 3 1 4', () => {
  const { train, outputs } = loadMnist({ classes: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], samples: 10, testSamples: 1 });
  assert.equal(outputs, 10);
  const labels = Array.from({ length: 10 }, (_, n) => train.targets.subarray(n * 10, n * 10 + 10).indexOf(1));
  assert.deepEqual(labels, [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
});

test('unit-norm keeps the pixels non-negative, standardise does not, none leaves them in [0, 1]', () => {
  const load = (normalisation: 'standardise' | 'unit-norm' | 'none') =>
    loadMnist({ classes: [0, 7], samples: 5, testSamples: 5, normalisation }).train.inputs;
  assert.ok(load('unit-norm').every((value) => value >= 0));
  assert.ok(load('standardise').some((value) => value < 0));
  const raw = load('none');
  assert.equal(Math.max(...raw), 1);
  assert.ok(raw.every((value) => Number.isInteger(Math.round(value * 255 * 1e6) / 1e6)));
});

test('standardising uses the split’s own scalar mean and standard deviation', () => {
  const raw = loadMnist({ classes: [0, 7], samples: 20, testSamples: 5, normalisation: 'none' }).train.inputs;
  const mean = raw.reduce((a, b) => a + b) / raw.length;
  const deviation = Math.sqrt(raw.reduce((a, b) => a + (b - mean) ** 2, 0) / raw.length);
  const row = Array.from(raw.subarray(0, 784), (value) => (value - mean) / deviation);
  const length = Math.hypot(...row);
  const { inputs } = loadMnist({ classes: [0, 7], samples: 20, testSamples: 5 }).train;
  row.forEach((value, i) => assert.ok(Math.abs(value / length - inputs[i]!) < 1e-13));
});

test('shuffled selection depends on the seed alone and differs from file order', () => {
  const load = (seed: number) =>
    loadMnist({ classes: [0, 7], samples: 30, testSamples: 5, order: 'shuffled', seed }).train;
  assert.deepEqual(load(3), load(3));
  assert.notDeepEqual(load(3).inputs, load(4).inputs);
  assert.notDeepEqual(load(3).inputs, loadMnist({ classes: [0, 7], samples: 30, testSamples: 5 }).train.inputs);
});

test('asking for more samples than there are says how many there are', () => {
  assert.throws(
    () => loadMnist({ classes: [0, 7], samples: 100_000, testSamples: 1 }),
    (error: unknown) => error instanceof DatasetError && /12188 samples of the classes 0,7/.test(error.message),
  );
});
