import assert from 'node:assert/strict';
import { test } from 'node:test';
import { crossEntropyTraining } from './cross-entropy-training.ts';
import { runTrial } from './testing/run-trial.ts';

const small = { samples: 9, testSamples: 6, width: 40, steps: 4 };

for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal'])
  test(`a small step of ${approximation} follows the shared recursion to first order`, async () => {
    const params = { ...small, approximation, activation: 'tanh', steps: 1, learningRateScale: 1e-5 };
    const { metrics } = await runTrial(crossEntropyTraining, params);
    assert.ok(metrics['deviationFromTheory']! < 1e-8, `${metrics['deviationFromTheory']}`);
  });

test('training lowers the loss and classifies the training samples', async () => {
  const { metrics, traces } = await runTrial(crossEntropyTraining, { ...small, steps: 10 });
  assert.ok(metrics['finalTrainLoss']! < 0.2 * metrics['initialTrainLoss']!);
  assert.equal(metrics['finalTrainAccuracy'], 1);
  assert.equal(traces['trainLoss']!.length, 11);
  assert.ok(Math.abs(traces['trainLoss']![0]! - traces['trainLossTheory']![0]!) < 1e-12);
});

test('a run that diverges at its last step has diverged, as one that had further steps to take', async () => {
  for (const steps of [1, 4]) {
    const { outcome, metrics, traces } = await runTrial(crossEntropyTraining, {
      ...small,
      steps,
      learningRateScale: 100,
    });
    assert.equal(traces['trainLoss']!.length, 2);
    assert.ok(metrics['peakLossRatio']! > 100);
    assert.equal(outcome, 'diverged', `${steps} steps`);
    assert.equal(metrics['deviationFromTheory'], Infinity);
  }
});
