import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dataset } from './dataset.ts';
import { DatasetError } from './dataset.ts';
import { imageDataset } from './image-dataset.ts';
import type { ImageOptions, ImageSource } from './image-dataset.ts';

const pixels = 3 * 32 * 32;
const record = 1 + pixels;

/**
 * CIFAR-10 (32 × 32 × 3, 50,000 + 10,000) from a folder with the files of its binary version: data_batch_1.bin …
 * data_batch_5.bin and test_batch.bin, records of one label byte and 3072 pixel bytes.
 */
export function loadCifar10(folder: string, options: ImageOptions): Dataset {
  const train = [1, 2, 3, 4, 5].map((batch) => join(folder, `data_batch_${batch}.bin`));
  return imageDataset('cifar10', { train: source(train), test: source([join(folder, 'test_batch.bin')]) }, options);
}

function source(files: readonly string[]): ImageSource {
  const batches = files.map((file) => {
    if (!existsSync(file))
      throw new DatasetError(
        `cifar10 is not here: ${file} does not exist; set dataFolder to the folder of its binary version`,
      );
    const bytes = readFileSync(file);
    if (bytes.length % record !== 0 || bytes.length === 0)
      throw new DatasetError(
        `${file} is not a batch of the binary version of CIFAR-10: its size is no multiple of ${record}`,
      );
    return bytes;
  });
  const all = Buffer.concat(batches);
  return {
    labels: Uint8Array.from({ length: all.length / record }, (_, i) => all[i * record]!),
    readImages: (positions) =>
      Buffer.concat(positions.map((position) => all.subarray(position * record + 1, (position + 1) * record))),
  };
}
