import { RandomStream } from '@natsweep/linalg';

export interface PlanarClassification {
  /** X, row-major [samples, 2]. */
  readonly inputs: Float64Array;
  /** −1 or 1. */
  readonly labels: Float64Array;
}

/** The two data that fix every margin solution, as y x. */
const anchors: readonly (readonly [number, number])[] = [
  [1, 0.6],
  [0.8, 2],
];

/** A datum further out than the anchors by `slack` for the ℓ2, ℓ1 and axis-aligned separators that the anchors fix. */
function isFarther(x: number, y: number): boolean {
  const slack = 1.1;
  const separators = [
    [0.735294, 0.441176],
    [0.921053, 0.131579],
    [1.25, 0],
  ] as const;
  return separators.every(([a, b]) => a * x + b * y >= slack);
}

/**
 * A planar toy like that of Kerekes et al. 2021, Fig. 2, whose data the paper does not print: the first axis separates the
 * classes, a tilted line does so with a larger margin. Two fixed data (y x = (1, 0.6) and (0.8, 2)) make the minimisers of
 * ‖β‖_p over y_n x_nᵀβ ≥ 1 three different directions: (25, 15)/34 for p = 2 (31.0°), (35, 5)/38 for p = 1 (8.1°) and
 * (5/4, 0) for p ≤ 2/3 (0°). The others are uniform on [0.8, 3] × [−1, 2] where they leave all three as they are. Their mean lies
 * outside the cone of the fixed data, so that Newton's flow, which minimises along it, ends at a fourth direction.
 */
export function planarClassification(options: {
  readonly seed: number;
  readonly samples: number;
}): PlanarClassification {
  const { seed, samples } = options;
  if (samples < anchors.length)
    throw new RangeError(`planar classification: ${samples} samples, it needs at least ${anchors.length}`);
  const stream = new RandomStream(seed, 'planar-classification');
  const signed = [...anchors];
  while (signed.length < samples) {
    const [u, v] = stream.uniforms(2);
    const x = 0.8 + 2.2 * u!;
    const y = -1 + 3 * v!;
    if (isFarther(x, y)) signed.push([x, y]);
  }
  const labels = stream.uniforms(samples).map((u) => (u < 0.5 ? -1 : 1));
  return { inputs: Float64Array.from(signed.flatMap(([x, y], n) => [labels[n]! * x, labels[n]! * y])), labels };
}
