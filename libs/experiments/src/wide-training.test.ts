import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gaussianDataset } from '@natsweep/datasets';
import { createReferenceEngine, erf } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import type { TrialResult } from './experiment.ts';
import { wideTraining } from './wide-training.ts';

const engine = createReferenceEngine();
const small = {
  dataset: 'gaussian',
  inputDimension: 16,
  width: 32,
  samples: 8,
  testSamples: 4,
  steps: 5,
  learningRateScale: 0.5,
};

async function runOne(params: object, seed = 1, signal = new AbortController().signal): Promise<TrialResult> {
  const trial = { trialId: 't', params: wideTraining.declaration.parameters.parse({ ...small, ...params }), seed };
  const results: TrialResult[] = [];
  for await (const result of wideTraining.run([trial], { engine, signal, progress: () => undefined }))
    results.push(result);
  assert.equal(results.length, 1);
  return results[0]!;
}

const approximations = wideTraining.declaration.parameters.shape.approximation.unwrap().options;

for (const approximation of approximations)
  test(`${approximation} records every declared metric and trace, twice the same, and frees what it made`, async () => {
    const damping = ['unit-wise', 'diagonal', 'quasi-diagonal'].includes(approximation) ? 1e-9 : 0;
    const biasVariance = 0.1;
    const coupling = '2,0.5,0;0.5,1,0.2;0,0.2,1';
    const before = engine.liveTensors();
    const result = await runOne({ approximation, damping, coupling, biasVariance });
    assert.equal(engine.liveTensors(), before);
    assert.deepEqual(await runOne({ approximation, damping, coupling, biasVariance }), result);
    assert.deepEqual(Object.keys(result.metrics).sort(), Object.keys(wideTraining.declaration.metrics).sort());
    assert.deepEqual(Object.keys(result.traces).sort(), Object.keys(wideTraining.declaration.traces).sort());
    assert.equal(result.traces['trainLoss']!.length, small.steps + 1);
  });

test('trials of one seed start from the same network and data whatever the approximation', async () => {
  const starts = await Promise.all(
    approximations.map(
      async (approximation) =>
        (
          await runOne({
            approximation,
            coupling: '1,0,0;0,1,0;0,0,1',
            damping: approximation.endsWith('diagonal') ? 1e-6 : 0,
          })
        ).metrics['initialTrainLoss'],
    ),
  );
  assert.equal(new Set(starts).size, 1);
  assert.notEqual((await runOne({}, 2)).metrics['initialTrainLoss'], starts[0]);
});

test('the closed-form curve of an isotropic rule is (1 − c)^{2t} of the initial loss', async () => {
  const { traces, metrics } = await runOne({ approximation: 'block-diagonal' });
  Array.from(traces['trainLossTheory']!).forEach((loss, t) =>
    assert.ok(Math.abs(loss - metrics['initialTrainLoss']! * 0.25 ** t) < 1e-15),
  );
});

test('the theory of damped and Euclidean descent is exact for the first order of a small step', async () => {
  // an Euler step of size 1e-6 moves the residual as the linearised network does, up to second order
  for (const params of [
    { approximation: 'gradient-descent' },
    { approximation: 'exact', damping: 1e-3 },
    { approximation: 'block-diagonal', damping: 1e-3 },
    { approximation: 'block-tridiagonal', damping: 1e-3 },
    { approximation: 'layer-wise', damping: 1e-3, coupling: '2,0.5,0;0.5,1,0.2;0,0.2,1' },
    { approximation: 'kfac', damping: 1e-3 },
    { approximation: 'kfac', damping: 1e-3, kfacDamping: 'pi', biasVariance: 0.2 },
    { approximation: 'kfac', damping: 1e-3, kfacDamping: 'exact', kfacBias: 'separate', biasVariance: 0.2 },
    { approximation: 'kfac', kfacBias: 'separate', biasVariance: 0.2 },
    { approximation: 'unit-wise', damping: 1e-3 },
    { approximation: 'diagonal', damping: 1e-3 },
    { approximation: 'quasi-diagonal', damping: 1e-3 },
    { approximation: 'exact' },
    { approximation: 'kfac', biasVariance: 0.2 },
  ]) {
    const { metrics } = await runOne({ ...params, activation: 'tanh', steps: 1, learningRateScale: 1e-6 });
    assert.ok(metrics['deviationFromTheory']! < 1e-10, `${params.approximation}: ${metrics['deviationFromTheory']}`);
    assert.ok(
      metrics['testDeviationFromTheory']! < 1e-9,
      `${params.approximation}: ${metrics['testDeviationFromTheory']}`,
    );
  }
});

test('layer-wise with Σ = I and Σ = 11ᵀ are block-diagonal and exact', async () => {
  const same: [string, string][] = [
    ['1,0,0;0,1,0;0,0,1', 'block-diagonal'],
    ['1,1,1;1,1,1;1,1,1', 'exact'],
  ];
  for (const [coupling, approximation] of same) {
    const params = { damping: 1e-4, learningRateScale: 0.3 };
    const [general, special] = [
      await runOne({ ...params, approximation: 'layer-wise', coupling }),
      await runOne({ ...params, approximation }),
    ];
    assert.ok(Math.abs(general.metrics['alpha']! - special.metrics['alpha']!) < 1e-12);
    Array.from(general.traces['trainLoss']!).forEach((loss, t) =>
      assert.ok(Math.abs(loss - special.traces['trainLoss']![t]!) < 1e-9),
    );
  }
});

test('α of the unit-wise rule is that of the inputs as they are, also without unit norm', async () => {
  const params = { approximation: 'unit-wise', activation: 'shifted-relu', normalisation: 'none', damping: 1e-6 };
  const { metrics } = await runOne({ ...params, weightVariance: 1, depth: 2, steps: 1 });
  const dataset = gaussianDataset({ ...small, seed: 1, normalisation: 'none', targetMagnitude: 0.5 });
  const q = dataset.train.inputs.reduce((sum, x) => sum + x * x, 0) / (small.samples * small.inputDimension);
  // γ = Φ(1/√q) of the hidden units, and the output unit
  assertClose(metrics['alpha']!, (small.width * (1 + erf(1 / Math.sqrt(2 * q)))) / 2 + 1, { rtol: 1e-12, atol: 0 });
});

test('a rate beyond 2/α diverges, and that is an outcome', async () => {
  const { outcome, metrics, traces } = await runOne({ approximation: 'exact', learningRateScale: 8, steps: 20 });
  assert.equal(outcome, 'diverged');
  assert.equal(metrics['deviationFromTheory'], Infinity);
  assert.ok(traces['trainLoss']!.length < 21);
});

test('an aborted trial ends as stopped after the step in hand', async () => {
  const controller = new AbortController();
  controller.abort();
  const { outcome, traces } = await runOne({}, 1, controller.signal);
  assert.equal(outcome, 'stopped');
  assert.equal(traces['trainLoss']!.length, 1);
});

test('more samples than the data set has are refused with their number', async () => {
  await assert.rejects(runOne({ dataset: 'mnist', classes: '0,7', samples: 20_000 }), {
    code: 'TRIAL_REFUSED',
    message: /has 12188 samples of the classes 0,7; 20000 were asked for/,
  });
});

test('curves at infinite width start where the network starts, and are nearer to it the wider it is', async () => {
  for (const params of [
    { approximation: 'exact' },
    { approximation: 'block-tridiagonal', damping: 1e-3 },
    { approximation: 'kfac', kfacDamping: 'pi', damping: 1e-3 },
  ]) {
    const deviation = async (width: number): Promise<number> => {
      const trials = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) =>
        runOne({ ...params, activation: 'tanh', width, steps: 3 }, seed),
      );
      const results = await Promise.all(trials);
      for (const { traces } of results) {
        assertClose(traces['trainLossAnalytic']![0]!, traces['trainLoss']![0]!);
        assertClose(traces['testLossAnalytic']![0]!, traces['testLoss']![0]!);
      }
      return results.reduce((sum, { metrics }) => sum + metrics['testDeviationFromAnalytic']!, 0) / 8;
    };
    const [narrow, wide] = [await deviation(16), await deviation(256)];
    assert.ok(wide < narrow / 2, `${params.approximation}: ${narrow} at width 16, ${wide} at width 256`);
  }
});

test('the training curve of an isotropic rule at infinite width is (1 − c)^{2t} of the initial loss', async () => {
  const { traces } = await runOne({ approximation: 'block-diagonal' });
  assertClose(traces['trainLossAnalytic']!, traces['trainLossTheory']!, { rtol: 1e-6, atol: 0 });
});

test('where infinite width has no closed form here, there is no curve', async () => {
  for (const params of [
    { approximation: 'quasi-diagonal', damping: 1e-6 },
    { approximation: 'exact', normalisation: 'none' },
    { approximation: 'block-tridiagonal', depth: 5, damping: 0 },
  ]) {
    const { traces, metrics } = await runOne(params);
    assert.deepEqual(traces['testLossAnalytic'], []);
    assert.ok(Number.isNaN(metrics['testDeviationFromAnalytic']));
  }
});

test('the unit-wise metric has (1 − c)^t of infinite width on the training samples alone, whatever its damping', async () => {
  const { traces, metrics } = await runOne({ approximation: 'unit-wise', damping: 1e-2, testSamples: 4 });
  Array.from(traces['trainLossAnalytic']!).forEach((loss, t) =>
    assertClose(loss, metrics['initialTrainLoss']! * 0.25 ** t, { rtol: 1e-12, atol: 0 }),
  );
  assert.deepEqual(traces['testLossAnalytic'], []);
  assert.ok(Number.isNaN(metrics['testDeviationFromAnalytic']));
  assert.ok(metrics['deviationFromAnalytic']! > 10 * metrics['deviationFromTheory']!);
});

test('theory in flow time is e^{−ct}, and for small steps that of the steps', async () => {
  const flow = await runOne({ approximation: 'exact', theoryDynamics: 'flow' });
  Array.from(flow.traces['trainLossTheory']!).forEach((loss, t) =>
    assertClose(loss, flow.metrics['initialTrainLoss']! * Math.exp(-t), { rtol: 1e-9, atol: 0 }),
  );
  for (const damping of [0, 1e-3]) {
    const params = { approximation: 'block-diagonal', damping, learningRateScale: 1e-4 };
    const [steps, small] = [await runOne(params), await runOne({ ...params, theoryDynamics: 'flow' })];
    for (const name of ['trainLossTheory', 'testLossTheory', 'testLossAnalytic'])
      assertClose(small.traces[name]!, steps.traces[name]!, { rtol: 1e-6, atol: 0 });
  }
});

test('a relative damping is that share of the mean eigenvalue of the tangent kernel', async () => {
  const params = { approximation: 'block-diagonal', steps: 2 };
  const relative = await runOne({ ...params, damping: 0.5, dampingUnit: 'relative' });
  const rho = relative.metrics['absoluteDamping']!;
  assertClose(relative.metrics['relativeDamping']!, 0.5);
  const absolute = await runOne({ ...params, damping: rho });
  assert.deepEqual({ ...absolute, trialId: '' }, { ...relative, trialId: '' });
  // the tangent kernel of L = 3, σ_w² = 2 and unit-norm inputs has 6/M_0 on the diagonal before the 1/N
  assertClose(rho, (0.5 * 6) / (16 * 8), { rtol: 0.5, atol: 0 });
});
