import { cosine, powerNorm } from './separators.ts';

export interface MarginCandidate {
  /** X̃β, each datum's margin. */
  readonly margins: ArrayLike<number>;
  readonly separator: ArrayLike<number>;
  /** X̃ᵀα for multipliers α ≥ 0 with Σα = 1; a descent's residual shares serve. */
  readonly combination: ArrayLike<number>;
}

/**
 * How close a separator is to the ℓ_p large-margin solution min ‖β‖_p subject to X̃β ≥ 1, p ≥ 1, proved without solving for
 * it: its normalised margin min u / ‖β‖_p over the bound ‖X̃ᵀα‖_{p*} that every α of the simplex puts on all such margins
 * (Hölder: min u ≤ αᵀX̃β ≤ ‖X̃ᵀα‖_{p*} ‖β‖_p, 1/p + 1/p* = 1). Between −∞ and 1; 1 only at the optimum.
 */
export function marginRatio(candidate: MarginCandidate, power: number): number {
  if (power < 1) throw new RangeError(`marginRatio: the bound needs p ≥ 1, got ${power}; see marginStationarity`);
  const dual = power === 1 ? Infinity : power / (power - 1);
  const smallest = Array.from(candidate.margins).reduce((least, margin) => Math.min(least, margin), Infinity);
  return smallest / powerNorm(candidate.separator, power) / powerNorm(candidate.combination, dual);
}

/**
 * How close a separator is to a first-order stationary point of the non-convex problem with p < 1: the cosine between X̃ᵀα
 * and the gradient sign(β)|β|^{p−1} of ‖β‖_p^p/p, over the entries above `support` · max|β|; entries at zero are free, since the
 * slope there is infinite (Gunasekar et al. 2018 for ℓ_{2/L}, diagonal networks of L ≥ 3 layers). 1 at a stationary point
 * whose α lives on the data of least margin.
 */
export function marginStationarity(
  candidate: MarginCandidate,
  options: { readonly power: number; readonly support: number },
): number {
  const largest = powerNorm(candidate.separator, Infinity);
  const entries = Array.from({ length: candidate.separator.length }, (_, i) => i).filter(
    (i) => Math.abs(candidate.separator[i]!) > options.support * largest,
  );
  const slopes = entries.map((i) => {
    const value = candidate.separator[i]! / largest;
    return Math.sign(value) * Math.abs(value) ** (options.power - 1);
  });
  return cosine(
    slopes,
    entries.map((i) => candidate.combination[i]!),
  );
}
