const maximumOrder = 400;
const step = 0.05;
const halfRange = 16;
const nodes: readonly number[] = Array.from({ length: (2 * halfRange) / step + 1 }, (_, i) => -halfRange + i * step);

/**
 * Coefficients a_k² of E f(u)f(v) = Σ_k a_k² ρ^k for standard normal u, v with correlation ρ (Mehler), where
 * a_k = E f(z) He_k(z)/√k!. For smooth f; by the trapezoid rule on [−16, 16], which is exact to rounding for functions
 * analytic in |Im z| < 1. Ends where the tail is below 1e-15 of E f², or at order 400.
 */
export function mehlerCoefficients(f: (z: number) => number): Float64Array {
  const values = nodes.map((z) => (step * f(z) * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI));
  const total = nodes.reduce((sum, z, i) => sum + values[i]! * f(z), 0);
  let [previous, current] = [nodes.map(() => 0), nodes.map(() => 1)];
  const squares: number[] = [];
  let remainder = total;
  for (let k = 0; k <= maximumOrder && remainder > 1e-15 * total; k++) {
    const coefficient = current.reduce((sum, hermite, i) => sum + hermite * values[i]!, 0);
    squares.push(coefficient ** 2);
    remainder -= coefficient ** 2;
    const next = current.map((hermite, i) => (nodes[i]! * hermite - Math.sqrt(k) * previous[i]!) / Math.sqrt(k + 1));
    [previous, current] = [current, next];
  }
  return Float64Array.from(squares);
}

/** Σ_k c_k x^k by Horner's rule. */
export function powerSeries(coefficients: Float64Array, x: number): number {
  let sum = 0;
  for (let k = coefficients.length - 1; k >= 0; k--) sum = sum * x + coefficients[k]!;
  return sum;
}
