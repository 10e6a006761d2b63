import { erf } from '@natsweep/linalg';

/** ϕ(x) = e^{−x²/2}/√(2π) */
export function normalDensity(x: number): number {
  return Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
}

/** Φ(x) = P(z ≤ x) for z ~ N(0, 1). */
export function normalCumulative(x: number): number {
  return (1 + erf(x / Math.SQRT2)) / 2;
}
