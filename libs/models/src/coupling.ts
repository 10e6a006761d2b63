/**
 * Σ of the layer-wise metrics G = Sᵀ(Σ ⊗ I)S/N + ρI (Karakida & Osawa 2020, eq. 15): a symmetric L × L matrix that says
 * which pairs of layers the approximate Fisher matrix keeps, and how.
 */
export type Coupling = readonly (readonly number[])[];

/** Σ = I: every layer on its own. */
export function blockDiagonalCoupling(depth: number): Coupling {
  return coupling(depth, (i, j) => (i === j ? 1 : 0));
}

/** Σ_ij = 1 for |i − j| ≤ 1 (eq. 19). Indefinite for L ≥ 3, singular for L = 3s + 2. */
export function blockTridiagonalCoupling(depth: number): Coupling {
  return coupling(depth, (i, j) => (Math.abs(i - j) <= 1 ? 1 : 0));
}

function coupling(depth: number, entry: (i: number, j: number) => number): Coupling {
  return Array.from({ length: depth }, (_, i) => Array.from({ length: depth }, (_, j) => entry(i, j)));
}
