/** What Theorem 1 needs of the network at one time τ_s. */
export interface BoundSample {
  readonly tau: number;
  /** λ_min(G_s(X)), G = JJᵀ on the training points. */
  readonly smallestGram: number;
  /** ‖J_0(x) − J_s(x)‖₂ on the points x where outputs are compared. */
  readonly jacobianMovement: number;
}

export interface BoundStart {
  /** ‖f_0(X) − Y‖₂ */
  readonly residual: number;
  /** λ_max(G_0(x)) */
  readonly largestGram: number;
}

/**
 * Theorem 1 of Rudner et al. 2019 (eq. 19, 114) at the times of the samples, the first of which is τ = 0:
 *
 *   ‖f^lin_τ(x) − f_τ(x)‖₂ ≤ ‖f_0 − Y‖ (√(λ_max(G_0(x))/λ_min(G_0(X))) (1 − e^{−τ})
 *                                     + ∫₀^τ (√λ_max(G_0(x)) + ‖J_0(x) − J_s(x)‖)/√λ_min(G_s(X)) e^{−s} ds),
 *
 * the integral by the trapezoid rule, τ = ησ²t.
 */
export function discrepancyBound({ residual, largestGram }: BoundStart, samples: readonly BoundSample[]): number[] {
  const integrand = ({ tau, smallestGram, jacobianMovement }: BoundSample): number =>
    ((Math.sqrt(largestGram) + jacobianMovement) / Math.sqrt(smallestGram)) * Math.exp(-tau);
  const ratio = Math.sqrt(largestGram / samples[0]!.smallestGram);
  let integral = 0;
  return samples.map((sample, index) => {
    const previous = samples[index - 1];
    if (previous !== undefined)
      integral += ((integrand(previous) + integrand(sample)) / 2) * (sample.tau - previous.tau);
    return residual * (ratio * -Math.expm1(-sample.tau) + integral);
  });
}

/**
 * Corollary 7 (eq. 135): at convergence the discrepancy is at most 3 ‖f_0 − Y‖ √(λ_max(G_0(x))/λ_min(G_0(X))), if
 * ‖J_0(x) − J_s(x)‖ ≤ ‖J_0(x)‖ and λ_min(G_s(X)) ≥ λ_min(G_0(X)) throughout (Assumption 6 as its proof uses it).
 */
export function convergedDiscrepancyBound({ residual, largestGram }: BoundStart, smallestGram0: number): number {
  return 3 * residual * Math.sqrt(largestGram / smallestGram0);
}
