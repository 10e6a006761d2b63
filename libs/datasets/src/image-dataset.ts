import type { Dataset, Split } from './dataset.ts';
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

/** A split of an image data set on disk. */
export interface ImageSource {
  /** One label per image. */
  readonly labels: Uint8Array;
  /** The images at these positions, one after another. */
  readonly readImages: (positions: readonly number[]) => Uint8Array;
}

/** The chosen images as samples, pixels scaled to [0, 1] before normalisation. */
export function imageDataset(
  name: string,
  sources: { readonly train: ImageSource; readonly test: ImageSource },
  options: ImageOptions,
): Dataset {
  const [train, test] = [
    chosen(`${name}/train`, sources.train, { ...options, samples: options.samples }),
    chosen(`${name}/test`, sources.test, { ...options, samples: options.testSamples }),
  ];
  return {
    inputDimension: train.inputs.length / train.samples,
    outputs: options.classes.length === 2 ? 1 : options.classes.length,
    train,
    test,
  };
}

function chosen(split: string, { labels, readImages }: ImageSource, options: ImageOptions): Split {
  const { classes, samples, order = 'first', seed = 0, normalisation = 'standardise', targetMagnitude = 0.5 } = options;
  const positions = selectPositions(labels, split, { classes, samples, order, seed });
  const inputs = Float64Array.from(readImages(positions), (pixel) => pixel / 255);
  normalise(inputs, inputs.length / samples, normalisation);
  const targets = classTargets(
    positions.map((position) => labels[position]!),
    classes,
    targetMagnitude,
  );
  return { samples, inputs, targets };
}
