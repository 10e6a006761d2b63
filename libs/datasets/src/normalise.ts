/**
 * How raw inputs become network inputs.
 *
 * - `standardise`: one scalar mean and standard deviation over all entries of the split, then every sample divided by its
 *   own Euclidean norm. What the code of Karakida & Osawa does; train and test are treated separately.
 * - `unit-norm`: only the division by the norm (the text of the paper, section 3.1).
 * - `none`: as they are.
 */
export const normalisations = ['standardise', 'unit-norm', 'none'] as const;
export type Normalisation = (typeof normalisations)[number];

/** In place on [samples, dimension]. A sample of norm 0 stays 0. */
export function normalise(inputs: Float64Array, dimension: number, normalisation: Normalisation): void {
  switch (normalisation) {
    case 'standardise':
      standardise(inputs);
      scaleRowsToUnitNorm(inputs, dimension);
      break;
    case 'unit-norm':
      scaleRowsToUnitNorm(inputs, dimension);
      break;
    case 'none':
      break;
  }
}

function standardise(values: Float64Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = variance > 0 ? 1 / Math.sqrt(variance) : 1;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) * scale;
}

function scaleRowsToUnitNorm(inputs: Float64Array, dimension: number): void {
  for (let start = 0; start < inputs.length; start += dimension) {
    const row = inputs.subarray(start, start + dimension);
    const norm = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0));
    if (norm > 0) for (let i = 0; i < dimension; i++) row[i] = row[i]! / norm;
  }
}
