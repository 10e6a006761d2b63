import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { loadImages, missingImages } from './images.ts';
import type { ImageName } from './images.ts';

const debianFolder = '/usr/share/datasets/fashion-mnist';

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'natsweep-images-'));
});
afterEach(() => rmSync(data, { recursive: true }));

const write = (folder: string, file: string, bytes: string | Uint8Array): void => {
  mkdirSync(join(data, folder), { recursive: true });
  writeFileSync(join(data, folder, file), bytes);
};

const load = (name: ImageName, { samples = 2, testSamples = 1 } = {}) =>
  loadImages(name, data, { classes: [0, 7], samples, testSamples, normalisation: 'none' });

const failsWith = (name: ImageName, message: RegExp): void =>
  assert.throws(() => load(name), { name: 'DataFileError', code: 'DATA', message });

const bytesOf = (inputs: Float64Array): number[] => Array.from(inputs, (value) => Math.round(value * 255));

/** Records with labels 0, 7, 0, 7, … whose pixels all are the record's number. */
const batch = (first: number, records: number): Buffer =>
  Buffer.concat(
    Array.from({ length: records }, (_, i) =>
      Buffer.concat([Buffer.from([i % 2 === 0 ? 0 : 7]), Buffer.alloc(3072, first + i)]),
    ),
  );

function writeCifar10(folder: string): void {
  for (let i = 1; i <= 5; i++) write(folder, `data_batch_${i}.bin`, batch(10 * i, 4));
  write(folder, 'test_batch.bin', batch(100, 4));
}

const images = Buffer.from([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40]);
const labels = Buffer.from([0, 0, 8, 1, 0, 0, 0, 2, 7, 0]);

function writeFashionMnist(): void {
  for (const split of ['train', 't10k']) {
    write('fashion-mnist', `${split}-images-idx3-ubyte.gz`, gzipSync(images));
    write('fashion-mnist', `${split}-labels-idx1-ubyte`, labels);
  }
}

for (const folder of ['cifar10', 'cifar-10-batches-bin'])
  test(`CIFAR-10 in ${folder} joins its five batches in order and scales pixels to [0, 1]`, () => {
    writeCifar10(folder);
    const { train, test: held, inputDimension } = load('cifar10', { samples: 6, testSamples: 2 });
    assert.equal(inputDimension, 3072);
    assert.deepEqual(
      Array.from({ length: 6 }, (_, n) => Math.round(train.inputs[n * 3072]! * 255)),
      [10, 11, 12, 13, 20, 21],
    );
    assert.deepEqual([...train.targets], [0.5, -0.5, 0.5, -0.5, 0.5, -0.5]);
    assert.equal(Math.round(held.inputs[0]! * 255), 100);
  });

test('a data set that is not here is refused with what to do, by whether a data folder is named', () => {
  failsWith('cifar10', new RegExp(`^cifar10 is not on this machine: put data_batch_1.bin .* into ${data}/cifar10$`));
  assert.match(
    missingImages('cifar10', undefined)!.fix,
    /into a folder cifar10 and set NATSWEEP_DATA to the folder that holds it$/,
  );
  assert.equal(missingImages('mnist', undefined), undefined);
});

test('a folder that lacks a file is named with it', () => {
  writeCifar10('cifar10');
  rmSync(join(data, 'cifar10', 'data_batch_3.bin'));
  failsWith('cifar10', /^cifar10 is incomplete, .*\/cifar10 has no data_batch_3\.bin: put data_batch_1.bin/);
  write('fashion-mnist', 'train-labels-idx1-ubyte', labels);
  failsWith('fashion-mnist', /has no train-images-idx3-ubyte or train-images-idx3-ubyte\.gz: apt-get install/);
});

test('damaged CIFAR-10 batches, and files of other data sets, are refused by name', () => {
  writeCifar10('cifar10');
  write('cifar10', 'data_batch_2.bin', batch(0, 4).subarray(0, -1));
  failsWith('cifar10', /data_batch_2\.bin is damaged .* 12291 bytes, no multiple of 3073/);
  write('cifar10', 'data_batch_2.bin', '');
  failsWith('cifar10', /data_batch_2\.bin is damaged/);
  write('cifar10', 'data_batch_2.bin', Buffer.concat([batch(0, 1), Buffer.alloc(3073, 19)]));
  failsWith('cifar10', /data_batch_2\.bin is no batch of CIFAR-10: record 1 has label 19/);
});

test('Fashion-MNIST is read from IDX files, plain or compressed', () => {
  writeFashionMnist();
  const { train, inputDimension } = load('fashion-mnist');
  assert.equal(inputDimension, 2);
  assert.deepEqual(bytesOf(train.inputs), [10, 20, 30, 40]);
  assert.deepEqual([...train.targets], [-0.5, 0.5]);
  write('fashion-mnist', 'train-images-idx3-ubyte', images);
  rmSync(join(data, 'fashion-mnist', 'train-images-idx3-ubyte.gz'));
  assert.deepEqual(bytesOf(load('fashion-mnist').train.inputs), [10, 20, 30, 40]);
});

test('IDX files that were cut off, are of another kind or do not belong together are refused by name', () => {
  const replace = (file: string, bytes: Uint8Array, message: RegExp): void => {
    writeFashionMnist();
    write('fashion-mnist', file, bytes);
    failsWith('fashion-mnist', message);
    rmSync(join(data, 'fashion-mnist', file));
  };
  const one = Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 7]);
  replace(
    'train-images-idx3-ubyte',
    images.subarray(0, -1),
    /images-idx3-ubyte has 19 bytes .* announces 20: it is damaged/,
  );
  replace('train-images-idx3-ubyte', images.subarray(0, 3), /is not an idx3-ubyte image file/);
  replace('train-images-idx3-ubyte', labels, /is not an idx3-ubyte image file/);
  replace('train-images-idx3-ubyte.gz', gzipSync(images).subarray(0, -9), /\.gz is damaged: unexpected end of file/);
  replace('train-images-idx3-ubyte.gz', images, /\.gz is damaged: incorrect header check/);
  replace('train-labels-idx1-ubyte', labels.subarray(0, -1), /labels-idx1-ubyte has 9 bytes .* announces 10/);
  replace('train-labels-idx1-ubyte', images, /is not an idx1-ubyte label file/);
  replace('train-labels-idx1-ubyte', one, /holds 2 images and 1 labels of its train split/);
});

test('the folder of the user comes before that of the Debian package', (t) => {
  if (missingImages('fashion-mnist', undefined) !== undefined) return t.skip(`${debianFolder} is not there`);
  assert.equal(loadImages('fashion-mnist', data, { classes: [0, 7], samples: 1, testSamples: 1 }).inputDimension, 784);
  writeFashionMnist();
  assert.equal(load('fashion-mnist').inputDimension, 2);
});

test('the first samples of Fashion-MNIST are the published ones: 9 0 0 3 0 2 7 2 5 5', (t) => {
  if (missingImages('fashion-mnist', undefined) !== undefined) return t.skip(`${debianFolder} is not there`);
  const classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const { train } = loadImages('fashion-mnist', undefined, { classes, samples: 10, testSamples: 1 });
  assert.deepEqual(
    classes.map((n) => train.targets.subarray(n * 10, n * 10 + 10).indexOf(1)),
    [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
  );
});
