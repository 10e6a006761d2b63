import type { LinalgEngine } from '@natsweep/linalg';
import type { Coupling, Inertia } from '@natsweep/models';

export interface CouplingResponse {
  /** c = Σ⁺1_L. Where Σ is regular, layer l moves the outputs by J_lΔθ_l = c_l g in the limit ρ → 0. */
  readonly response: readonly number[];
  /** α = 1ᵀΣ⁺1, the isotropy constant (Karakida & Osawa 2020, Theorem 4.1). */
  readonly alpha: number;
  /** An orthonormal basis of the kernel of Σ, one vector [L] each; empty where Σ is regular. */
  readonly kernel: readonly (readonly number[])[];
  readonly inertia: Inertia;
}

/** Σ is not symmetric, or its kernel is not orthogonal to 1_L, so that no limit ρ → 0 exists. */
export class UnsupportedCouplingError extends Error {
  override readonly name = 'UnsupportedCouplingError';
}

/**
 * Σ⁺1_L by eigendecomposition; eigenvalues below 1e-10 of the largest count as zero. Where Σ is singular the limit exists
 * if and only if 1_L lies in its range, as it does for the block-tridiagonal Σ at L = 3s + 2.
 */
export function couplingResponse(engine: LinalgEngine, coupling: Coupling): CouplingResponse {
  checkSymmetric(coupling);
  return engine.scope(() => {
    const depth = coupling.length;
    const { values, vectors } = engine.eigh(engine.tensor(coupling.flat(), [depth, depth]));
    const eigenvalues = engine.read(values);
    const largest = Math.max(...eigenvalues.map(Math.abs));
    const isZero = eigenvalues.map((value) => (Math.abs(value) <= 1e-10 * largest ? 1 : 0));
    const ones = engine.full([depth, 1], 1);
    const projections = engine.read(engine.matmul(vectors, ones, { transposeA: true }));
    if (projections.some((projection, i) => isZero[i] === 1 && Math.abs(projection) > 1e-7 * Math.sqrt(depth)))
      throw new UnsupportedCouplingError(
        'Σ is singular and its kernel is not orthogonal to 1_L: the natural gradient has no limit for damping 0 (Karakida & Osawa 2020, B.1)',
      );
    const scaled = engine.tensor(
      projections.map((projection, i) => (isZero[i] === 1 ? 0 : projection / eigenvalues[i]!)),
      [depth, 1],
    );
    const response = [...engine.read(engine.matmul(vectors, scaled))];
    const zero = isZero.reduce((sum, flag) => sum + flag, 0);
    const entries = engine.read(vectors);
    const column = (j: number): number[] => Array.from({ length: depth }, (_, i) => entries[i * depth + j]!);
    const positive = eigenvalues.filter((value, i) => value > 0 && isZero[i] === 0).length;
    return {
      response,
      alpha: response.reduce((sum, value) => sum + value, 0),
      kernel: Array.from(isZero).flatMap((flag, j) => (flag === 1 ? [column(j)] : [])),
      inertia: { negative: depth - zero - positive, zero, positive },
    };
  });
}

function checkSymmetric(coupling: Coupling): void {
  const depth = coupling.length;
  if (depth === 0 || coupling.some((row) => row.length !== depth))
    throw new UnsupportedCouplingError('Σ must be a square matrix with one row per layer');
  for (let i = 0; i < depth; i++)
    for (let j = 0; j < i; j++)
      if (coupling[i]![j] !== coupling[j]![i])
        throw new UnsupportedCouplingError(
          `Σ must be symmetric (Karakida & Osawa 2020, eq. 15); entries (${i + 1}, ${j + 1}) and (${j + 1}, ${i + 1}) differ`,
        );
}
