import type { Activation } from '@natsweep/models';
import { mehlerCoefficients, powerSeries } from './hermite-series.ts';
import { normalCumulative, normalDensity } from './normal-distribution.ts';
import { owensT } from './owens-t.ts';

/** The kernels that a layer of infinitely many units makes of Gaussian pre-activations with correlation ρ ∈ [−1, 1]. */
export type DualActivation = (rho: Float64Array, results: DualResults) => void;

/** Written entry by entry of ρ. */
export interface DualResults {
  /** A(ρ) = E φ(u)φ(v) */
  readonly forward: Float64Array;
  /** Ξ(ρ) = E φ′(u)φ′(v) = A′(ρ)/q */
  readonly backward: Float64Array;
}

/**
 * Dual of φ at variance q: (u, v) ~ N(0, q [1 ρ; ρ 1]) (Karakida & Osawa 2020, S.171, S.173).
 *
 * - relu, with θ = acos ρ: A = q/(2π) (√(1 − ρ²) + (π − θ)ρ), Ξ = (π − θ)/(2π) (S.177-S.178);
 * - erf: A = (2/π) asin(2qρ/(1 + 2q)), Ξ = (4/π)/√((1 + 2q)² − 4q²ρ²) (Williams 1997);
 * - shifted-relu, with h = s/√q and k = √((1 − ρ)/(1 + ρ)): Ξ = Φ(h) − 2T(h, k) and
 *   A = q [(ρ + h²)Ξ + 2hϕ(h)Φ(kh) + √(1 − ρ²) e^{−h²/(1 + ρ)}/(2π)] − 2s√q (hΦ(h) + ϕ(h)) + s²;
 * - tanh: the Mehler series of φ and φ′, no closed form.
 */
export function dualActivation(activation: Activation, q: number): DualActivation {
  switch (activation.name) {
    case 'relu':
      return reluDual(q);
    case 'erf':
      return entryWise(
        (rho) => (2 / Math.PI) * Math.asin((2 * q * rho) / (1 + 2 * q)),
        (rho) => 4 / (Math.PI * Math.sqrt((1 + 2 * q) ** 2 - (2 * q * rho) ** 2)),
      );
    case 'shifted-relu':
      return shiftedReluDual(activation.shift, q);
    case 'tanh': {
      const scale = Math.sqrt(q);
      const forward = mehlerCoefficients((z) => Math.tanh(scale * z));
      const backward = mehlerCoefficients((z) => 1 - Math.tanh(scale * z) ** 2);
      return entryWise(
        (rho) => powerSeries(forward, rho),
        (rho) => powerSeries(backward, rho),
      );
    }
  }
}

function entryWise(forwardOf: (rho: number) => number, backwardOf: (rho: number) => number): DualActivation {
  return (rho, { forward, backward }) => {
    for (let i = 0; i < rho.length; i++) {
      forward[i] = forwardOf(rho[i]!);
      backward[i] = backwardOf(rho[i]!);
    }
  };
}

/** One loop for both, since the arc cosine is what costs. */
function reluDual(q: number): DualActivation {
  return (rho, { forward, backward }) => {
    for (let i = 0; i < rho.length; i++) {
      const cosine = rho[i]!;
      const angle = Math.PI - Math.acos(cosine);
      forward[i] = (q / (2 * Math.PI)) * (Math.sqrt(1 - cosine * cosine) + angle * cosine);
      backward[i] = angle / (2 * Math.PI);
    }
  };
}

function shiftedReluDual(shift: number, q: number): DualActivation {
  const h = shift / Math.sqrt(q);
  const cumulative = normalCumulative(h);
  const density = normalDensity(h);
  const constant = shift * shift - 2 * shift * Math.sqrt(q) * (h * cumulative + density);
  const ratio = (rho: number): number => Math.sqrt((1 - rho) / (1 + rho));
  const backward = (rho: number): number => cumulative - 2 * owensT(h, ratio(rho));
  const forward = (rho: number): number => {
    const tail = h === 0 ? 1 / 2 : normalCumulative(ratio(rho) * h);
    const joint = h === 0 ? 1 : Math.exp((-h * h) / (1 + rho));
    const product =
      (rho + h * h) * backward(rho) + 2 * h * density * tail + (Math.sqrt(1 - rho * rho) * joint) / (2 * Math.PI);
    return q * product + constant;
  };
  return entryWise(forward, backward);
}
