import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussianDataset } from './gaussian.ts';

const options = { inputDimension: 40, samples: 500, testSamples: 7, seed: 5 };

test('raw inputs have the moments of N(0, 1)', () => {
  const { inputs } = gaussianDataset({ ...options, normalisation: 'none' }).train;
  const mean = inputs.reduce((a, b) => a + b) / inputs.length;
  const variance = inputs.reduce((a, b) => a + b * b, 0) / inputs.length;
  // five standard errors of 20,000 draws
  assert.ok(Math.abs(mean) < 5 / Math.sqrt(20_000));
  assert.ok(Math.abs(variance - 1) < 5 * Math.sqrt(2 / 20_000));
});

test('targets are linearly separable and balanced, test samples come from the same teacher', () => {
  const { train, test: held } = gaussianDataset(options);
  const positive = train.targets.filter((target) => target === 0.5).length;
  assert.ok(Math.abs(positive - 250) < 5 * Math.sqrt(125));
  assert.equal(held.samples, 7);
});

test('a seed gives the same bytes again, another seed gives others, test and train differ', () => {
  assert.deepEqual(gaussianDataset(options), gaussianDataset(options));
  assert.notDeepEqual(gaussianDataset(options).train, gaussianDataset({ ...options, seed: 6 }).train);
  const { train, test: held } = gaussianDataset(options);
  assert.notDeepEqual(train.inputs.subarray(0, 280), held.inputs);
});
