import { RandomStream } from '@natsweep/linalg';
import type { Dataset, Split } from './dataset.ts';
import { normalise } from './normalise.ts';
import type { Normalisation } from './normalise.ts';

export interface GaussianOptions {
  readonly inputDimension: number;
  readonly samples: number;
  readonly testSamples: number;
  readonly seed: number;
  /** Default `unit-norm`. */
  readonly normalisation?: Normalisation;
  /** Targets are ±this. Default 0.5. */
  readonly targetMagnitude?: number;
}

/**
 * x ~ N(0, I) with targets ± by the sign of a linear teacher wᵀx, w ~ N(0, I), drawn from the streams (seed,
 * "dataset/gaussian/…"). The inputs of Karakida & Osawa 2020, C.3.1 and C.3.3.
 */
export function gaussianDataset(options: GaussianOptions): Dataset {
  const teacher = new RandomStream(options.seed, 'dataset/gaussian/teacher').normals(options.inputDimension);
  return {
    inputDimension: options.inputDimension,
    outputs: 1,
    train: draw('train', options.samples, teacher, options),
    test: draw('test', options.testSamples, teacher, options),
  };
}

function draw(split: string, samples: number, teacher: Float64Array, options: GaussianOptions): Split {
  const { inputDimension, seed, normalisation = 'unit-norm', targetMagnitude = 0.5 } = options;
  const inputs = new RandomStream(seed, `dataset/gaussian/${split}`).normals(samples * inputDimension);
  const targets = Float64Array.from({ length: samples }, (_, n) => {
    const x = inputs.subarray(n * inputDimension, (n + 1) * inputDimension);
    return x.reduce((sum, value, i) => sum + value * teacher[i]!, 0) > 0 ? targetMagnitude : -targetMagnitude;
  });
  normalise(inputs, inputDimension, normalisation);
  return { samples, inputs, targets };
}
