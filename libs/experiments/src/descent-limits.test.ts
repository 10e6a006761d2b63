import assert from 'node:assert/strict';
import { test } from 'node:test';
import { descentLimitsExperiment } from './descent-limits.ts';
import { runTrial } from './testing/run-trial.ts';

const small = { inputDimension: 8, samples: 4, testSamples: 3, width: 64, biasVariance: 0.1, tolerance: 1e-4 };
const run = async (params: object) => runTrial(descentLimitsExperiment, { ...small, ...params });

test('the exact rule ends at its own limit, which is the natural one', async () => {
  const { outcome, metrics } = await run({ approximation: 'exact' });
  assert.equal(outcome, 'converged');
  assert.ok(metrics['finalResidual']! <= 1e-4);
  assert.equal(metrics['distanceFromNatural'], 0);
  assert.equal(metrics['limitsApart'], 0);
  assert.equal(metrics['parameterDeviation'], metrics['parameterDistanceFromExact']);
  assert.ok(metrics['parameterDeviation']! < 0.3);
});

test('gradient descent takes more steps to the same end, a layer-wise rule ends elsewhere', async () => {
  const [euclidean, tridiagonal] = [
    await run({ approximation: 'gradient-descent', learningRateScale: 1 }),
    await run({ approximation: 'block-tridiagonal' }),
  ];
  assert.ok(euclidean.metrics['steps']! > 2 * tridiagonal.metrics['steps']!);
  assert.ok(euclidean.metrics['parameterDistanceFromExact']! < 0.3);
  // at L = 3 the second layer alone moves
  assert.ok(tridiagonal.metrics['parameterDistanceFromExact']! > 1);
  assert.ok(tridiagonal.metrics['parameterDeviation']! < 0.3);
  assert.ok(tridiagonal.metrics['movementOverLeast']! > 1);
  assert.ok(tridiagonal.metrics['distanceFromNatural']! > 3 * euclidean.metrics['distanceFromNatural']!);
});

test('a trial that does not converge has no limit', async () => {
  const { outcome, metrics } = await run({ approximation: 'gradient-descent', maxSteps: 5 });
  assert.equal(outcome, 'step-limit');
  assert.equal(metrics['steps'], 5);
  assert.ok(Number.isNaN(metrics['limitDeviation']) && Number.isNaN(metrics['parameterDistanceFromExact']));
});

test('dependent samples are refused for what inverts their kernel, the exact rule beside gradient descent', async () => {
  for (const [approximation, inverts] of [
    ['gradient-descent', 'exact'],
    ['block-tridiagonal', 'block-tridiagonal'],
  ] as const)
    // inputs of one dimension and unit norm are 1 or −1
    await assert.rejects(
      run({ approximation, inputDimension: 1, normalisation: 'unit-norm', biasVariance: 0 }),
      (error: Error) =>
        error.message.startsWith(`${inverts} at damping 0`) && !error.message.includes('or add damping'),
    );
});
