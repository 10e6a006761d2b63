import { RandomStream } from '@natsweep/linalg';

/** Row-major Gaussian factors N(0, deviation²) of a matrix product, each [size, size]; layer l is the same for every depth. */
export function gaussianFactors(options: {
  readonly seed: number;
  readonly depth: number;
  readonly size: number;
  readonly deviation: number;
}): Float64Array[] {
  const { seed, depth, size, deviation } = options;
  return Array.from({ length: depth }, (_, layer) =>
    new RandomStream(seed, `weights/layer${layer + 1}`).normals(size * size).map((value) => value * deviation),
  );
}
