import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadCifar10 } from './cifar10.ts';
import { DatasetError } from './dataset.ts';
import { loadFashionMnist } from './mnist.ts';

function inFolder(body: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-images-'));
  try {
    body(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Records with labels 0, 7, 0, 7, … whose pixels all are the record's number. */
const batch = (first: number, records: number): Buffer =>
  Buffer.concat(
    Array.from({ length: records }, (_, i) =>
      Buffer.concat([Buffer.from([i % 2 === 0 ? 0 : 7]), Buffer.alloc(3072, first + i)]),
    ),
  );

test('CIFAR-10 joins its five batches in order and scales pixels to [0, 1]', () =>
  inFolder((folder) => {
    for (let i = 1; i <= 5; i++) writeFileSync(join(folder, `data_batch_${i}.bin`), batch(10 * i, 4));
    writeFileSync(join(folder, 'test_batch.bin'), batch(100, 4));
    const {
      train,
      test: held,
      inputDimension,
    } = loadCifar10(folder, {
      classes: [0, 7],
      samples: 6,
      testSamples: 2,
      normalisation: 'none',
    });
    assert.equal(inputDimension, 3072);
    const firstPixels = Array.from({ length: 6 }, (_, n) => Math.round(train.inputs[n * 3072]! * 255));
    assert.deepEqual(firstPixels, [10, 11, 12, 13, 20, 21]);
    assert.deepEqual([...train.targets], [0.5, -0.5, 0.5, -0.5, 0.5, -0.5]);
    assert.equal(Math.round(held.inputs[0]! * 255), 100);
  }));

test('a folder without the files, or with other files, is refused by name', () =>
  inFolder((folder) => {
    const load = () => loadCifar10(folder, { classes: [0, 7], samples: 1, testSamples: 1 });
    assert.throws(
      load,
      (error: unknown) => error instanceof DatasetError && /data_batch_1\.bin does not exist/.test(error.message),
    );
    writeFileSync(join(folder, 'data_batch_1.bin'), 'something else');
    assert.throws(load, /no multiple of 3073/);
  }));

test('Fashion-MNIST is read from IDX files, plain or compressed, and refused where they are not', () =>
  inFolder((folder) => {
    const images = Buffer.concat([
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2]),
      Buffer.from([10, 20, 30, 40]),
    ]);
    const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);
    for (const prefix of ['train', 't10k']) {
      writeFileSync(join(folder, `${prefix}-images-idx3-ubyte.gz`), gzipSync(images));
      writeFileSync(join(folder, `${prefix}-labels-idx1-ubyte`), labels);
    }
    const load = (from: string) =>
      loadFashionMnist(from, { classes: [0, 7], samples: 2, testSamples: 1, normalisation: 'none' });
    const { train, inputDimension } = load(folder);
    assert.equal(inputDimension, 2);
    assert.deepEqual(
      [...train.inputs].map((value) => Math.round(value * 255)),
      [10, 20, 30, 40],
    );
    assert.deepEqual([...train.targets], [-0.5, 0.5]);
    assert.throws(() => load(join(folder, 'elsewhere')), /fashion-mnist is not here.*set dataFolder/);
  }));
