import { normalCumulative } from './normal-distribution.ts';

/** Nodes and weights of the 40-point Gauss-Legendre rule on [0, 1], by Newton's method on P_40. */
const legendre = gaussLegendre(40);

/**
 * Owen's T(h, a) = (1/2π) ∫₀ᵃ e^{−h²(1 + x²)/2}/(1 + x²) dx for h ≥ 0 and 0 ≤ a ≤ ∞ (Owen 1956). For a > 1 by
 * T(h, a) = Φ(h)/2 + Φ(ah)/2 − Φ(h)Φ(ah) − T(ah, 1/a).
 */
export function owensT(h: number, a: number): number {
  if (a > 1) {
    const scaled = h === 0 ? 0 : a * h;
    const [p, q] = [normalCumulative(h), normalCumulative(scaled)];
    const complement = (p + q) / 2 - p * q;
    return h === 0 ? (Math.PI / 2 - Math.atan(1 / a)) / (2 * Math.PI) : complement - owensT(scaled, 1 / a);
  }
  if (h === Infinity) return 0;
  const sum = legendre.reduce((total, { node, weight }) => {
    const squared = 1 + (a * node) ** 2;
    return total + (weight * Math.exp((-h * h * squared) / 2)) / squared;
  }, 0);
  return (a * sum) / (2 * Math.PI);
}

function gaussLegendre(n: number): { node: number; weight: number }[] {
  return Array.from({ length: n }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (n + 0.5));
    let slope = 0;
    for (let iteration = 0; iteration < 8; iteration++) {
      let [previous, value] = [1, x];
      for (let k = 2; k <= n; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      slope = (n * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    return { node: (1 - x) / 2, weight: 1 / ((1 - x * x) * slope * slope) };
  });
}
