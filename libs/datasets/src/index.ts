export { DatasetError } from './dataset.ts';
export type { Dataset, Split } from './dataset.ts';
export { gaussianDataset } from './gaussian.ts';
export type { GaussianOptions } from './gaussian.ts';
export { IdxFormatError } from './idx.ts';
export { loadMnist } from './mnist.ts';
export type { ImageOptions } from './mnist.ts';
export { normalisations } from './normalise.ts';
export type { Normalisation } from './normalise.ts';
