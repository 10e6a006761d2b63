import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kfacForster } from './kfac-forster.ts';
import { runTrial } from './testing/run-trial.ts';

const small = { inputDimension: 5, samples: 10, testSamples: 2, width: 60, activation: 'tanh', steps: 4 };

test('raw inputs have the condition number of their leverage scores', async () => {
  const { metrics } = await runTrial(kfacForster, { ...small, preprocessing: 'none' });
  assert.ok(metrics['condition']! > 1.01);
  assert.ok(Math.abs(metrics['condition']! / metrics['conditionTheory']! - 1) < 1e-4);
  assert.equal(metrics['droppedDirections'], 5);
});

test('the Forster transformation makes K-FAC isotropic with α = N(L − 1) + M0', async () => {
  const { metrics } = await runTrial(kfacForster, { ...small, preprocessing: 'forster' });
  assert.ok(Math.abs(metrics['condition']! - 1) < 1e-4);
  assert.ok(Math.abs(metrics['alpha']! - 25) < 1e-2);
  assert.ok(Math.abs(metrics['alphaTheory']! - 25) < 1e-6);
  assert.ok(metrics['forsterIterations']! > 0);
});

test('biases in a block of their own leave one eigenvalue N above 2N(L − 1) + M0 (S.123)', async () => {
  const { metrics } = await runTrial(kfacForster, { ...small, preprocessing: 'forster', biasVariance: 0.3 });
  assert.ok(Math.abs(metrics['condition']! - 55 / 45) < 1e-6);
  assert.ok(Math.abs(metrics['conditionTheory']! - 55 / 45) < 1e-6);
  assert.ok(Math.abs(metrics['alpha']! - 46) < 1e-6);
});

test('training follows the leverage scores better than one rate for all', async () => {
  const params = { ...small, width: 400, preprocessing: 'none', biasVariance: 0.3, learningRateScale: 1e-3, steps: 1 };
  const { metrics } = await runTrial(kfacForster, params);
  assert.ok(metrics['deviationFromTheory']! < 0.1 * metrics['deviationFromIsotropy']!);
});

test('with the bias among the transformed inputs K-FAC is isotropic with α = N(L − 1) + M0 + 1, and not without Forster', async () => {
  const params = { ...small, biasVariance: 0.3, kfacBias: 'augmented' };
  const { metrics } = await runTrial(kfacForster, { ...params, preprocessing: 'forster' });
  assert.ok(Math.abs(metrics['condition']! - 1) < 1e-4);
  assert.ok(Math.abs(metrics['alpha']! - 26) < 1e-2);
  assert.ok(Math.abs(metrics['alphaTheory']! - 26) < 1e-6);
  const raw = (await runTrial(kfacForster, { ...params, preprocessing: 'none' })).metrics;
  assert.ok(raw['condition']! > 1.01);
  assert.ok(Math.abs(raw['condition']! / raw['conditionTheory']! - 1) < 1e-4);
});
