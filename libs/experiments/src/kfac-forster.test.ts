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
  assert.equal(metrics['alphaTheory'], 25);
  assert.ok(metrics['forsterIterations']! > 0);
});
