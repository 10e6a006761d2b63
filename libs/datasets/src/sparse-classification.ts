import { RandomStream } from '@natsweep/linalg';

export interface SparseClassification {
  /** X, row-major [samples, dimension], entries N(0, 1). */
  readonly inputs: Float64Array;
  /** y = sign(X β*), each −1 or 1. */
  readonly labels: Float64Array;
  /** β*: `nonZero` ones, then zeros. */
  readonly separator: Float64Array;
}

/**
 * Gaussian inputs labelled by a sparse separator (Kerekes et al. 2021, §3.1, experiment 2). A data set of the same seed and
 * dimension with more samples begins with the same samples.
 */
export function sparseClassification(options: {
  readonly seed: number;
  readonly samples: number;
  readonly dimension: number;
  readonly nonZero: number;
}): SparseClassification {
  const { seed, samples, dimension, nonZero } = options;
  if (!(nonZero >= 1 && nonZero <= dimension))
    throw new RangeError(`sparse classification: ${nonZero} non-zero components of ${dimension}`);
  const inputs = new Float64Array(samples * dimension);
  const labels = new Float64Array(samples);
  const stream = new RandomStream(seed, 'sparse-classification/inputs');
  for (let n = 0; n < samples; n++) {
    const row = stream.normals(dimension);
    inputs.set(row, n * dimension);
    labels[n] = row.subarray(0, nonZero).reduce((sum, value) => sum + value, 0) < 0 ? -1 : 1;
  }
  const separator = new Float64Array(dimension).fill(1, 0, nonZero);
  return { inputs, labels, separator };
}
