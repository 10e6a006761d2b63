import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { RandomStream } from '@natsweep/linalg';

/** Writes a Fashion-MNIST of 6 × 6 pixels into a data folder: labels 0, 7, 0, 7, …, images of each class around a mean. */
export function writeFashionMnist(dataFolder: string, samples: number): void {
  const folder = join(dataFolder, 'fashion-mnist');
  mkdirSync(folder, { recursive: true });
  for (const split of ['train', 't10k']) {
    const header = Buffer.alloc(16);
    [0x803, samples, 6, 6].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
    const images = Buffer.concat([header, pixels(split, samples, 36)]);
    writeFileSync(join(folder, `${split}-images-idx3-ubyte.gz`), gzipSync(images));
    const labels = Buffer.alloc(8 + samples);
    [0x801, samples].forEach((value, i) => labels.writeUInt32BE(value, 4 * i));
    for (let n = 0; n < samples; n++) labels[8 + n] = labelOf(n);
    writeFileSync(join(folder, `${split}-labels-idx1-ubyte`), labels);
  }
}

/** Writes a CIFAR-10 with so many samples in each of its six files. */
export function writeCifar10(dataFolder: string, samples: number): void {
  const folder = join(dataFolder, 'cifar10');
  mkdirSync(folder, { recursive: true });
  for (const file of [1, 2, 3, 4, 5].map((i) => `data_batch_${i}.bin`).concat('test_batch.bin')) {
    const images = pixels(file, samples, 3072);
    const records = Array.from({ length: samples }, (_, n) => [
      Buffer.from([labelOf(n)]),
      images.subarray(n * 3072, (n + 1) * 3072),
    ]);
    writeFileSync(join(folder, file), Buffer.concat(records.flat()));
  }
}

const labelOf = (n: number): number => (n % 2 === 0 ? 0 : 7);

function pixels(name: string, samples: number, each: number): Buffer {
  const noise = new RandomStream(1, `images/${name}`).normals(samples * each);
  const means = new RandomStream(1, 'images/means').normals(2 * each);
  return Buffer.from(noise.map((value, i) => clamp(128 + 20 * value + 40 * means[i % (2 * each)]!)));
}

const clamp = (value: number): number => Math.min(255, Math.max(0, Math.round(value)));
