/** What a spec alone tells of an image data set. */
export interface ImageDatasetFacts {
  /** M_0 */
  readonly inputDimension: number;
  /** Samples of each label. */
  readonly train: readonly number[];
  readonly test: readonly number[];
}

const balanced = (samples: number): number[] => Array.from({ length: 10 }, () => samples);

/** The image data sets that experiments take by name; all have the labels 0 to 9. */
export const imageDatasets = {
  mnist: {
    inputDimension: 784,
    train: [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949],
    test: [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009],
  },
  'fashion-mnist': { inputDimension: 784, train: balanced(6000), test: balanced(1000) },
  cifar10: { inputDimension: 3072, train: balanced(5000), test: balanced(1000) },
} as const satisfies Readonly<Record<string, ImageDatasetFacts>>;

export type ImageDatasetName = keyof typeof imageDatasets;

/** Whether a parameter's value names an image data set, whose files a worker must have. */
export function isImageDataset(value: unknown): value is ImageDatasetName {
  return typeof value === 'string' && Object.hasOwn(imageDatasets, value);
}
