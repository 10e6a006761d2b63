import { RandomStream } from '@natsweep/linalg';

export interface MatrixCompletion {
  /** β*, row-major [size, size]. */
  readonly target: Float64Array;
  /** 1 where an entry is observed, 0 elsewhere; row-major. */
  readonly observed: Float64Array;
}

/**
 * Completion of a random matrix of low rank, as in the public code of Arora et al. 2019, which Kerekes et al. 2021 follow:
 * β* = U Vᵀ with Gaussian U, V of `rank` columns, scaled to ‖β*‖_F = size (entries of root mean square 1), observed at
 * `observations` entries drawn without replacement. More observations of the same seed include the fewer ones.
 */
export function matrixCompletion(options: {
  readonly seed: number;
  readonly size: number;
  readonly rank: number;
  readonly observations: number;
}): MatrixCompletion {
  const { seed, size, rank, observations } = options;
  if (!(rank >= 1 && rank <= size)) throw new RangeError(`matrix completion: rank ${rank} of a matrix of size ${size}`);
  if (!(observations >= 1 && observations <= size * size))
    throw new RangeError(`matrix completion: ${observations} observations of ${size * size} entries`);
  const u = new RandomStream(seed, 'matrix-completion/left').normals(size * rank);
  const v = new RandomStream(seed, 'matrix-completion/right').normals(size * rank);
  const target = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j < size; j++)
      for (let k = 0; k < rank; k++) target[i * size + j]! += u[i * rank + k]! * v[j * rank + k]!;
  const scale = size / Math.sqrt(target.reduce((sum, value) => sum + value * value, 0));
  const order = new RandomStream(seed, 'matrix-completion/observed').permutation(size * size);
  const observed = new Float64Array(size * size);
  for (const entry of order.subarray(0, observations)) observed[entry] = 1;
  return { target: target.map((value) => value * scale), observed };
}
