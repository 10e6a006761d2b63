import { join } from 'node:path';
import { readDataFile } from './data-file.ts';
import { DataFileError } from './dataset.ts';
import type { ImageSource } from './image-dataset.ts';

const pixels = 3 * 32 * 32;
const record = 1 + pixels;
const classes = 10;

/** File names of the binary version of CIFAR-10, in the order of the samples. */
export const cifar10Files = {
  train: [1, 2, 3, 4, 5].map((batch) => `data_batch_${batch}.bin`),
  test: ['test_batch.bin'],
} as const;

/**
 * A split of CIFAR-10 (32 × 32 × 3, 50,000 + 10,000) from batches of its binary version: records of one label byte and 3072
 * pixel bytes. Throws `DataFileError` for files that are none.
 */
export function cifar10Source(folder: string, split: 'train' | 'test'): ImageSource {
  const all = Buffer.concat(cifar10Files[split].map((name) => readBatch(join(folder, name))));
  return {
    labels: labelsOf(all),
    readImages: (positions) =>
      Buffer.concat(positions.map((position) => all.subarray(position * record + 1, (position + 1) * record))),
  };
}

function readBatch(file: string): Buffer {
  const bytes = readDataFile(file);
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new DataFileError(
      `${file} is damaged or no batch of the binary version of CIFAR-10: it has ${bytes.length} bytes, no multiple of ${record}`,
    );
  const wrong = labelsOf(bytes).findIndex((label) => label >= classes);
  if (wrong >= 0)
    throw new DataFileError(`${file} is no batch of CIFAR-10: record ${wrong} has label ${bytes[wrong * record]}`);
  return bytes;
}

function labelsOf(batch: Buffer): Uint8Array {
  return Uint8Array.from({ length: batch.length / record }, (_, i) => batch[i * record]!);
}
