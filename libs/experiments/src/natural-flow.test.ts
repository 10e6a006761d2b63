import assert from 'node:assert/strict';
import { test } from 'node:test';
import { naturalFlowTrainingExperiment } from './natural-flow.ts';
import { runTrial } from './testing/run-trial.ts';

const small = { inputDimension: 10, samples: 5, testSamples: 3, width: 24, flowTime: 1, biasVariance: 0.1 };
const run = async (params: object) => (await runTrial(naturalFlowTrainingExperiment, { ...small, ...params })).metrics;

test('halving the step halves the distance from the flow on the training points', async () => {
  const [coarse, fine] = [await run({ stepSize: 0.1 }), await run({ stepSize: 0.05 })];
  const ratio = coarse['trainError']! / fine['trainError']!;
  assert.ok(ratio > 1.8 && ratio < 2.3, `ratio ${ratio}`);
  assert.ok(coarse['naturalNtkError']! < 1e-9);
});

test('the bound lies above the discrepancy, and σ² enters only the printed coefficient', async () => {
  const [one, other] = [await run({ stepSize: 0.1 }), await run({ stepSize: 0.1, noiseVariance: 2.5 })];
  assert.ok(one['boundRatio']! > 0 && one['boundRatio']! < 1);
  assert.equal(one['discrepancy'], one['printedDiscrepancy']);
  assert.equal(other['discrepancy'], one['discrepancy']);
  assert.ok(other['printedDiscrepancy']! > 5 * other['discrepancy']!);
});

test('wide networks stay near their linearisation', async () => {
  const [narrow, wide] = [await run({ stepSize: 0.1, width: 8 }), await run({ stepSize: 0.1, width: 128 })];
  assert.ok(wide['discrepancy']! < 0.5 * narrow['discrepancy']!);
  assert.ok(wide['jacobianMovement']! < narrow['jacobianMovement']!);
});

test('the distance is the drift of the kernel, and the bound that of a network at rest for a wide one', async () => {
  const wide = await run({ stepSize: 0.05, width: 128, flowTime: 2 });
  assert.ok(wide['integralError']! < 0.1);
  assert.ok(wide['kernelMovementRatio']! > 0 && wide['kernelMovementRatio']! < 1);
  assert.ok(wide['kernelBoundRatio']! > 0 && wide['kernelBoundRatio']! < 1);
  assert.ok(wide['kernelBoundOverBound']! < 1);
  assert.ok(Math.abs(wide['boundOverStill']! - 1) < 0.3);
});

test('the parameters end where Proposition 5 says, not where it is printed, and test points move with the kernel', async () => {
  const [coarse, fine] = [await run({ stepSize: 0.1, width: 96 }), await run({ stepSize: 0.05, width: 96 })];
  assert.ok(fine['parameterDiscrepancy']! < 0.2);
  assert.ok(fine['printedParameterDiscrepancy']! > 1);
  const ratio = coarse['velocityError']! / fine['velocityError']!;
  assert.ok(ratio > 1.8 && ratio < 2.3, `ratio ${ratio}`);
});
