import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isotropy } from './isotropy.ts';
import { runTrial } from './testing/run-trial.ts';
import { unitWiseAlpha } from './unit-wise-alpha.ts';

const small = { inputDimension: 12, samples: 8, width: 40, biasVariance: 0.5, damping: 1e-10 };

for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'] as const)
  test(`Θ̄ of ${approximation} is αI up to rounding over damping`, async () => {
    const { metrics } = await runTrial(isotropy, { ...small, approximation, activation: 'tanh' });
    assert.ok(metrics['anisotropy']! < 1e-4, `anisotropy ${metrics['anisotropy']}`);
    assert.ok(Math.abs(metrics['alpha']! / metrics['alphaTheory']! - 1) < 1e-4);
  });

test('K-FAC with a block for the biases has the eigenvalues N(2L − 1) and 2NL', async () => {
  const { metrics } = await runTrial(isotropy, {
    ...small,
    approximation: 'kfac',
    kfacBias: 'separate',
    activation: 'tanh',
  });
  assert.ok(Math.abs(metrics['smallestEigenvalue']! / (8 * 5) - 1) < 1e-4);
  assert.ok(Math.abs(metrics['largestEigenvalue']! / (8 * 6) - 1) < 1e-4);
  assert.ok(Math.abs(metrics['alphaTheory']! - (8 * 5 + 1)) < 1e-9);
  assert.ok(metrics['departure']! < 1e-4);
});

test('Θ̄ of K-FAC leaves its limit with ρ where both factors or their product are damped, with √ρ under π', async () => {
  const damped = async (kfacDamping: string, damping: number) =>
    (await runTrial(isotropy, { ...small, approximation: 'kfac', activation: 'tanh', kfacDamping, damping })).metrics[
      'departure'
    ]!;
  for (const [form, dampings, power] of [
    ['factors', [1e-11, 1e-9], 1],
    ['exact', [1e-13, 1e-11], 1],
    ['pi', [1e-16, 1e-14], 0.5],
  ] as const) {
    const [less, more] = [await damped(form, dampings[0]), await damped(form, dampings[1])];
    const measured = Math.log(more / less) / Math.log(100);
    assert.ok(Math.abs(measured - power) < 0.03, `${form}: ${measured}`);
  }
});

test('the NTK is far from isotropic, entry-wise metrics lie between', async () => {
  const condition = async (approximation: string) =>
    (await runTrial(isotropy, { ...small, approximation })).metrics['condition']!;
  const ntk = await condition('gradient-descent');
  for (const approximation of ['diagonal', 'quasi-diagonal']) {
    const value = await condition(approximation);
    assert.ok(value > 2 && value < ntk, `${approximation}: ${value} against ${ntk}`);
  }
});

test('α of the unit-wise metric is near its formula for the shifted ReLU', async () => {
  const params = { ...small, width: 120, approximation: 'unit-wise', activation: 'shifted-relu', activationShift: 1 };
  const { metrics } = await runTrial(unitWiseAlpha, params);
  // γ is the mean of 240 Bernoulli draws per sample
  assert.ok(Math.abs(metrics['alpha']! / metrics['alphaTheory']! - 1) < 5 * Math.sqrt(0.25 / 240));
});

test('with fewer inputs than samples Θ̄ of unit-wise is near αI with the first layer fixed, and not with it trained', async () => {
  const params = {
    ...small,
    inputDimension: 4,
    samples: 10,
    width: 200,
    approximation: 'unit-wise',
    activation: 'tanh',
  };
  const [fixed, trained] = [
    (await runTrial(isotropy, { ...params, firstLayer: 'fixed' })).metrics,
    (await runTrial(isotropy, { ...params, firstLayer: 'trained' })).metrics,
  ];
  // γ = 1 of tanh: the second hidden layer and the output unit
  assert.ok(Math.abs(fixed['alphaTheory']! - 201) < 1e-9);
  assert.ok(Math.abs(fixed['alpha']! / 201 - 1) < 0.02);
  assert.ok(fixed['condition']! < 1.1 && trained['condition']! > 1.3);
});
