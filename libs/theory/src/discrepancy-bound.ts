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

/** The kernel K = J(x)J(X)ᵀ G(X)⁻¹ = Θ^nat(x, X)/(nσ²) against its start, at one time τ_s. */
export interface KernelSample {
  readonly tau: number;
  /** ‖K_0 − K_s‖₂ */
  readonly kernelMovement: number;
  /** (K_s − K_0)(f_0(X) − Y), one entry per output at x. */
  readonly drift: Float64Array;
}

/**
 * The distance that Theorem 1 bounds, at the times of the samples (Rudner et al. 2019, eq. 119, with the e^{−s} of eq. 124):
 *
 *   f^lin_τ(x) − f_τ(x) = ∫₀^τ (K_s − K_0)(f_0(X) − Y) e^{−s} ds,
 *
 * an identity for a flow with continuous derivatives; the integral by the trapezoid rule.
 */
export function kernelDriftIntegral(samples: readonly KernelSample[]): Float64Array[] {
  const weighted = samples.map(({ tau, drift }) => drift.map((value) => Math.exp(-tau) * value));
  const integrals = [weighted[0]!.map(() => 0)];
  for (let k = 1; k < samples.length; k++) {
    const width = samples[k]!.tau - samples[k - 1]!.tau;
    integrals.push(
      integrals[k - 1]!.map((value, i) => value + ((weighted[k - 1]![i]! + weighted[k]![i]!) / 2) * width),
    );
  }
  return integrals;
}

/** Its norm bounded inside the integral, ‖f_0 − Y‖ ∫₀^τ ‖K_0 − K_s‖₂ e^{−s} ds (Rudner et al. 2019, eq. 125). */
export function kernelMovementBound(residual: number, samples: readonly KernelSample[]): number[] {
  return trapezoid(samples, ({ kernelMovement }) => kernelMovement).map((integral) => residual * integral);
}

/**
 * Lemma 1 (Rudner et al. 2019, eq. 18 with J_t for its J_s, eq. 113): ‖K_0 − K_s‖₂ is at most
 * √(λ_max(G_0(x))/λ_min(G_0(X))) + (√λ_max(G_0(x)) + ‖J_0(x) − J_s(x)‖)/√λ_min(G_s(X)). Its restatement as Lemma 2 (eq. 97) has
 * λ_max(G_0(X)) in the first denominator, which the proof does not give.
 */
export function kernelMovementLimit(largestGram: number, first: BoundSample, sample: BoundSample): number {
  return Math.sqrt(largestGram / first.smallestGram) + movedRatio(largestGram, sample);
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
  const ratio = Math.sqrt(largestGram / samples[0]!.smallestGram);
  return trapezoid(samples, (sample) => movedRatio(largestGram, sample)).map(
    (integral, k) => residual * (ratio * -Math.expm1(-samples[k]!.tau) + integral),
  );
}

/** Theorem 1 of a network that does not move, its limit at infinite width: 2 ‖f_0 − Y‖ √(λ_max(G_0(x))/λ_min(G_0(X))) (1 − e^{−τ}). */
export function stillDiscrepancyBound({ residual, largestGram }: BoundStart, first: BoundSample, tau: number): number {
  return 2 * residual * Math.sqrt(largestGram / first.smallestGram) * -Math.expm1(-tau);
}

/**
 * Corollary 7 (eq. 135): at convergence the discrepancy is at most 3 ‖f_0 − Y‖ √(λ_max(G_0(x))/λ_min(G_0(X))), if
 * ‖J_0(x) − J_s(x)‖ ≤ ‖J_0(x)‖ and λ_min(G_s(X)) ≥ λ_min(G_0(X)) throughout (Assumption 6 as its proof uses it).
 */
export function convergedDiscrepancyBound({ residual, largestGram }: BoundStart, smallestGram0: number): number {
  return 3 * residual * Math.sqrt(largestGram / smallestGram0);
}

/** (√λ_max(G_0(x)) + ‖J_0(x) − J_s(x)‖)/√λ_min(G_s(X)) */
function movedRatio(largestGram: number, { smallestGram, jacobianMovement }: BoundSample): number {
  return (Math.sqrt(largestGram) + jacobianMovement) / Math.sqrt(smallestGram);
}

/** ∫₀^τ value_s e^{−s} ds at the times of the samples. */
function trapezoid<S extends { readonly tau: number }>(samples: readonly S[], value: (sample: S) => number): number[] {
  const integrand = (sample: S): number => value(sample) * Math.exp(-sample.tau);
  let integral = 0;
  return samples.map((sample, index) => {
    const previous = samples[index - 1];
    if (previous !== undefined)
      integral += ((integrand(previous) + integrand(sample)) / 2) * (sample.tau - previous.tau);
    return integral;
  });
}
