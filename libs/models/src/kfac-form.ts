/**
 * Where the damping ρ of a K-FAC block B* ⊗ A* goes. At ρ = 0 the three are one.
 *
 * - `factors`: (B* + ρI) ⊗ (A* + ρI) (Karakida & Osawa 2020, eq. 20);
 * - `pi`: (B* + √ρ/π I) ⊗ (A* + √ρ π I), π the root of the mean eigenvalue of A* over
 *   that of B* (Martens & Grosse 2015, 6.3);
 * - `exact`: B* ⊗ A* + ρI.
 */
export type KfacDamping = 'factors' | 'pi' | 'exact';

/**
 * How K-FAC treats biases (Karakida & Osawa 2020, B.3.3).
 *
 * - `augmented`: as one more input of the layer, h̃ = [σ_w/√M h, σ_b];
 * - `separate`: as a block of their own, ∇_bf ∇_bfᵀ/N² + ρI (S.123). It is not isotropic at ρ = 0: Θ̄ has the eigenvalues
 *   N(2L − 1) and, once, 2NL, since the output layer has a single bias.
 */
export type KfacBias = 'augmented' | 'separate';

export interface KfacForm {
  readonly damping: KfacDamping;
  readonly bias: KfacBias;
}

/** The form of the paper. */
export const defaultKfacForm: KfacForm = { damping: 'factors', bias: 'augmented' };

/** Size of one Kronecker factor. */
export interface FactorSize {
  readonly trace: number;
  readonly dimension: number;
}

/** What is added to the diagonals of B* (`signals`) and A* (`inputs`). Where a trace is 0, π counts as 1. */
export function factorDampings(
  form: 'factors' | 'pi',
  damping: number,
  { signals, inputs }: { readonly signals: FactorSize; readonly inputs: FactorSize },
): { signals: number; inputs: number } {
  if (form === 'factors') return { signals: damping, inputs: damping };
  const ratio = inputs.trace / inputs.dimension / (signals.trace / signals.dimension);
  const pi = ratio > 0 && Number.isFinite(ratio) ? Math.sqrt(ratio) : 1;
  return { signals: Math.sqrt(damping) / pi, inputs: Math.sqrt(damping) * pi };
}
