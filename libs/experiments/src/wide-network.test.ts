import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gunzipSync, gzipSync } from 'node:zlib';
import { kernelPrediction as declaration } from '@natsweep/catalogue';
import { imageNames, loadImages, missingImages } from '@natsweep/datasets';
import { kernelPrediction } from './kernel-prediction.ts';
import { naturalFlowTrainingExperiment } from './natural-flow.ts';
import { writeCifar10, writeFashionMnist } from './testing/image-files.ts';
import { runTrial } from './testing/run-trial.ts';
import { tridiagonalCoupling } from './tridiagonal-coupling.ts';
import { wideTraining } from './wide-training.ts';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'natsweep-data-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const small = { samples: 20, testSamples: 10, width: 16 };

test('the image data sets of the data folder are predicted and trained on', async () => {
  writeFashionMnist(data, 24);
  writeCifar10(data, 12);
  for (const dataset of ['fashion-mnist', 'cifar10']) {
    for (const approximation of ['exact', 'kfac']) {
      const { metrics } = await runTrial(kernelPrediction, { ...small, dataset, approximation }, 1, data);
      assert.equal(metrics['meanTestAccuracy'], 1, `${dataset}, ${approximation}`);
    }
    const { metrics } = await runTrial(wideTraining, { ...small, dataset, width: 64, steps: 2 }, 1, data);
    assert.equal(metrics['finalTrainAccuracy'], 1);
  }
});

test('a data set that is missing or damaged fails with what to do', async () => {
  await assert.rejects(runTrial(wideTraining, { ...small, dataset: 'cifar10' }, 1, data), {
    code: 'DATA',
    message: new RegExp(`cifar10 is not on this machine: put .* into ${data}/cifar10`),
  });
  writeCifar10(data, 12);
  writeFileSync(join(data, 'cifar10', 'data_batch_5.bin'), 'no images');
  await assert.rejects(runTrial(kernelPrediction, { ...small, dataset: 'cifar10' }, 1, data), {
    code: 'DATA',
    message: /data_batch_5\.bin is damaged/,
  });
});

test('a sample that stands twice in the training data is refused wherever a kernel is inverted without damping', async () => {
  writeFashionMnist(data, 24);
  const file = join(data, 'fashion-mnist', 'train-images-idx3-ubyte.gz');
  const images = gunzipSync(readFileSync(file));
  images.copy(images, 16 + 5 * 36, 16 + 2 * 36, 16 + 3 * 36);
  writeFileSync(file, gzipSync(images));
  const params = { ...small, dataset: 'fashion-mnist' };
  const refused = { code: 'TRIAL_REFUSED', message: /Assumption 2.*training samples 3 and 6 are equal/ };
  for (const approximation of ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac'])
    await assert.rejects(runTrial(kernelPrediction, { ...params, approximation }, 1, data), refused);
  for (const approximation of ['exact', 'block-diagonal'])
    await assert.rejects(runTrial(wideTraining, { ...params, approximation }, 1, data), refused);
  await assert.rejects(runTrial(tridiagonalCoupling, params, 1, data), refused);
  await assert.rejects(runTrial(naturalFlowTrainingExperiment, params, 1, data), {
    message: /Rudner et al\. 2019, Assumption 2.*training samples 3 and 6 are equal/,
  });
  for (const damped of [{ approximation: 'exact', damping: 1e-3 }, { approximation: 'gradient-descent' }])
    await runTrial(wideTraining, { ...params, ...damped, steps: 1 }, 1, data);
});

test('the numbers of samples that a spec is checked against are those of the files', (t) => {
  for (const dataset of imageNames) {
    const missing = missingImages(dataset, process.env['NATSWEEP_DATA']);
    if (missing !== undefined) {
      t.diagnostic(`not compared: ${missing.reason}`);
      continue;
    }
    for (const pair of [0, 2, 4, 6, 8]) {
      const classes = [pair, pair + 1];
      const load = (sizes: { samples: number; testSamples: number }) => () =>
        loadImages(dataset, process.env['NATSWEEP_DATA'], { classes, normalisation: 'none', ...sizes });
      const refusal = (sizes: { samples: number; testSamples: number }) =>
        declaration.refuse!(declaration.parameters.parse({ dataset, classes: classes.join(), ...sizes }));
      for (const sizes of [
        { samples: 60_000, testSamples: 1 },
        { samples: 1, testSamples: 10_000 },
      ]) {
        const there = /has (\d+) of the classes/.exec(refusal(sizes)!)![1]!;
        assert.throws(load(sizes), new RegExp(`has ${there} samples of the classes ${classes}`));
      }
    }
  }
});
