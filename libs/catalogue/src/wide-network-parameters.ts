import { z } from 'zod';
import { imageDatasets, isImageDataset } from './image-datasets.ts';
import { precision } from './precision.ts';

/** Data and architecture of the experiments on wide networks, with the settings of Karakida & Osawa's code as defaults. */
export const wideNetworkParameters = z.strictObject({
  dataset: z
    .enum(['mnist', 'fashion-mnist', 'cifar10', 'gaussian'])
    .default('mnist')
    .describe('training and test data; a worker finds fashion-mnist and cifar10 in its NATSWEEP_DATA'),
  classes: z
    .string()
    .regex(/^\d(,\d)+$/)
    .default('0,7')
    .describe('labels to keep, as in 0,7: two give one output of ± targetMagnitude, more are one-hot'),
  samples: z.int().min(1).max(60_000).default(100).describe('N, training samples'),
  testSamples: z.int().min(1).max(10_000).default(50).describe('N′, test samples'),
  sampleOrder: z
    .enum(['first', 'shuffled'])
    .default('first')
    .describe('the first samples of the file, or a choice that depends on the seed'),
  normalisation: z
    .enum(['standardise', 'unit-norm', 'none'])
    .default('standardise')
    .describe('standardise: one mean and deviation for all pixels, then unit norm per sample'),
  targetMagnitude: z.number().positive().max(100).default(0.5).describe('targets of two classes are ± this'),
  inputDimension: z
    .int()
    .min(1)
    .max(10_000)
    .default(100)
    .describe('M_0 of the gaussian data set; images have as many as pixels'),
  depth: z.int().min(1).max(64).default(3).describe('L, number of weight layers'),
  width: z.int().min(1).max(65_536).default(1024).describe('M, units of each hidden layer'),
  activation: z.enum(['relu', 'shifted-relu', 'tanh', 'erf']).default('relu').describe('φ'),
  activationShift: z.number().min(0).max(100).default(1).describe('s of shifted-relu, max(u, −s)'),
  weightVariance: z.number().positive().max(100).default(2).describe('σ_w²'),
  biasVariance: z.number().min(0).max(100).default(0).describe('σ_b²; at 0 there are no biases'),
  precision,
});

/** The forms of K-FAC. */
export const kfacParameters = z.strictObject({
  kfacDamping: z
    .enum(['factors', 'pi', 'exact'])
    .default('factors')
    .describe(
      'where kfac puts ρ: on both factors (eq. 20); √ρ/π and √ρ π on them (Martens & Grosse); exact: on their product',
    ),
  kfacBias: z
    .enum(['augmented', 'separate'])
    .default('augmented')
    .describe('biases of kfac: one more input of each layer, or a block of their own (S.123), which is not isotropic'),
});

export type WideNetworkParameters = z.infer<typeof wideNetworkParameters>;

/** The labels that `classes` lists; two for the gaussian data set. */
export function classesOf({ dataset, classes }: Pick<WideNetworkParameters, 'dataset' | 'classes'>): number[] {
  return dataset === 'gaussian' ? [0, 1] : classes.split(',').map(Number);
}

/** What is wrong with a form of K-FAC, or undefined: another approximation has none. */
export function kfacRefusal(
  params: z.infer<typeof kfacParameters> & { readonly approximation: string; readonly biasVariance: number },
): string | undefined {
  const { approximation, kfacDamping, kfacBias, biasVariance } = params;
  if (approximation !== 'kfac' && (kfacDamping !== 'factors' || kfacBias !== 'augmented'))
    return `kfacDamping and kfacBias are forms of kfac; approximation is ${approximation} (make the axis conditional with when)`;
  if (kfacBias === 'separate' && biasVariance === 0) return 'kfacBias separate needs biases: biasVariance is 0';
  return undefined;
}

/** What is wrong with the choice of data, or undefined. */
export function dataRefusal(params: WideNetworkParameters): string | undefined {
  const { dataset, samples, testSamples } = params;
  const classes = classesOf(params);
  if (new Set(classes).size < classes.length) return `classes lists a label twice: ${params.classes}`;
  if (!isImageDataset(dataset)) return undefined;
  const facts = imageDatasets[dataset];
  for (const [name, asked, split] of [
    ['samples', samples, 'train'],
    ['testSamples', testSamples, 'test'],
  ] as const) {
    const there = classes.reduce((sum, label) => sum + facts[split][label]!, 0);
    if (asked > there) return `${name} is ${asked}; ${dataset} has ${there} of the classes ${params.classes}`;
  }
  return undefined;
}

/** Why a single layer has no inverse without damping on so many samples, or undefined. */
export function singleLayerRefusal(params: Inverted): string | undefined {
  const { samples, depth, biasVariance, approximation, damping } = params;
  const inputs = inputDimensionOf(params) + (biasVariance > 0 ? 1 : 0);
  if (depth > 1 || damping !== 0 || approximation === 'gradient-descent' || samples <= inputs) return undefined;
  return (
    `${approximation} at damping 0 inverts Θ_1 = A_0/N of a single layer, which is singular for more samples than inputs ` +
    `(Karakida & Osawa 2020, Lemma B.3); here ${inputs} inputs${biasVariance > 0 ? ' with the bias' : ''} and samples = ${samples}`
  );
}

/** A metric that is inverted; without a `damping` none can be 0. */
type Inverted = WideNetworkParameters & { readonly approximation: string; readonly damping?: number };

/** M_0: of an image data set its pixels, whatever `inputDimension` is. */
export function inputDimensionOf({
  dataset,
  inputDimension,
}: Pick<WideNetworkParameters, 'dataset' | 'inputDimension'>): number {
  return isImageDataset(dataset) ? imageDatasets[dataset].inputDimension : inputDimension;
}

/** What is wrong with data and architecture together, or undefined. */
export function wideNetworkRefusal(params: Inverted): string | undefined {
  const { samples, approximation } = params;
  const inputs = inputDimensionOf(params);
  if ((approximation === 'kfac' || approximation === 'unit-wise') && samples > inputs)
    return (
      `${approximation} needs M_0 ≥ N, linearly independent inputs (Karakida & Osawa 2020, 4.3 and 5); ` +
      `here M_0 = ${inputs} and samples = ${samples}`
    );
  return singleLayerRefusal(params) ?? dataRefusal(params);
}
