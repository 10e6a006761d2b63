const step = 0.1;
const halfRange = 9;

/** Nodes of the trapezoid rule on [−9, 9] with step 0.1, and their weights e^{−z²/2}/√(2π) · step. */
export const gaussianNodes: readonly number[] = Array.from(
  { length: (2 * halfRange) / step + 1 },
  (_, i) => -halfRange + i * step,
);
export const gaussianWeights: readonly number[] = gaussianNodes.map(
  (z) => (step * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI),
);

/**
 * E f(z) for z ~ N(0, 1) and smooth f, by the trapezoid rule: for functions analytic near the real line it converges
 * exponentially in the step and beats Gauss-Hermite where f varies faster than the Gaussian. Never for kinked f.
 */
export function gaussianMean(f: (z: number) => number): number {
  return gaussianNodes.reduce((sum, z, i) => sum + gaussianWeights[i]! * f(z), 0);
}
