import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kernelPrediction } from './kernel-prediction.ts';
import { runTrial } from './testing/run-trial.ts';

const small = { samples: 40, testSamples: 30, width: 32 };

for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'])
  test(`forty digits are enough for ${approximation} to tell 0 from 7`, async () => {
    const { metrics } = await runTrial(kernelPrediction, { ...small, approximation });
    assert.ok(metrics['meanTestAccuracy']! >= 0.9, `accuracy ${metrics['meanTestAccuracy']}`);
    assert.equal(metrics['droppedDirections'], 0);
  });

test('the mean predictor does not depend on the seed of the network, the predictor does', async () => {
  const [one, two] = [await runTrial(kernelPrediction, small, 1), await runTrial(kernelPrediction, small, 2)];
  assert.equal(one.metrics['meanTestAccuracy'], two.metrics['meanTestAccuracy']);
  assert.notEqual(one.metrics['testLoss'], two.metrics['testLoss']);
});

test('ten classes share one factorisation and beat chance', async () => {
  const { metrics } = await runTrial(kernelPrediction, { ...small, samples: 60, classes: '0,1,2,3,4,5,6,7,8,9' });
  assert.ok(metrics['testAccuracy']! > 0.4);
});

test('the condition number is that of the worst kernel, of kernels without null directions too', async () => {
  const conditionOf = async (approximation: string) =>
    (await runTrial(kernelPrediction, { ...small, approximation })).metrics['condition']!;
  for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac']) {
    const condition = await conditionOf(approximation);
    assert.ok(condition > 1 && condition < Infinity, `${approximation}: ${condition}`);
  }
  // block-tridiagonal of three layers solves Θ_2 alone, block-diagonal solves it with Θ_1 and Θ_3
  assert.ok((await conditionOf('block-diagonal')) >= (await conditionOf('block-tridiagonal')));
});
