import type { LinalgEngine, Precision } from '@natsweep/linalg';
import type { Coupling, Inertia } from '@natsweep/models';

export interface CouplingResponse {
  /** c = Σ⁺1_L. Where Σ is regular, layer l moves the outputs by J_lΔθ_l = c_l g in the limit ρ → 0. */
  readonly response: readonly number[];
  /** α = 1ᵀΣ⁺1, the isotropy constant (Karakida & Osawa 2020, Theorem 4.1). */
  readonly alpha: number;
  /** An orthonormal basis of the kernel of Σ, one vector [L] each; empty where Σ is regular. */
  readonly kernel: readonly (readonly number[])[];
  /** The other eigenvectors q of Σ, each with its share 1ᵀq/λ: c is the sum of share · q. */
  readonly range: readonly { readonly vector: readonly number[]; readonly share: number }[];
  readonly inertia: Inertia;
}

/** Σ is not symmetric, or its kernel is not orthogonal to 1_L, so that no limit ρ → 0 exists. */
export class UnsupportedCouplingError extends Error {
  override readonly name = 'UnsupportedCouplingError';
}

/** Share of the largest eigenvalue at or below which one counts as zero. */
const relativeZero: Readonly<Record<Precision, number>> = { float64: 1e-10, float32: 1e-5 };
/** Share of ‖1_L‖ that a vector of the kernel may have along 1_L and count as orthogonal to it. */
const relativeOverlap: Readonly<Record<Precision, number>> = { float64: 1e-7, float32: 1e-3 };

/**
 * Σ⁺1_L by eigendecomposition; eigenvalues below 1e-10 of the largest (1e-5 in float32) count as zero. Where Σ is singular the
 * limit exists if and only if 1_L lies in its range, as it does for the block-tridiagonal Σ at L = 3s + 2.
 */
export function couplingResponse(engine: LinalgEngine, coupling: Coupling): CouplingResponse {
  const { pairs, inertia } = decompose(engine, coupling);
  const overlap = ({ vector }: Eigenpair): number => vector.reduce((sum, entry) => sum + entry, 0);
  const kernel = pairs.filter(({ isZero }) => isZero);
  const smallest = relativeOverlap[engine.info().precision] * Math.sqrt(coupling.length);
  if (kernel.some((pair) => Math.abs(overlap(pair)) > smallest))
    throw new UnsupportedCouplingError(
      'Σ is singular and its kernel is not orthogonal to 1_L: the natural gradient has no limit for damping 0 (Karakida & Osawa 2020, B.1)',
    );
  const range = pairs
    .filter(({ isZero }) => !isZero)
    .map((pair) => ({ vector: pair.vector, share: overlap(pair) / pair.value }));
  const response = coupling.map((_, l) => range.reduce((sum, { vector, share }) => sum + share * vector[l]!, 0));
  return {
    response,
    alpha: response.reduce((sum, value) => sum + value, 0),
    kernel: kernel.map(({ vector }) => vector),
    range,
    inertia,
  };
}

/** Eigenvalue signs of Σ. Throws UnsupportedCouplingError unless Σ is square and symmetric. */
export function couplingInertia(engine: LinalgEngine, coupling: Coupling): Inertia {
  return decompose(engine, coupling).inertia;
}

interface Eigenpair {
  readonly value: number;
  readonly vector: readonly number[];
  readonly isZero: boolean;
}

function decompose(engine: LinalgEngine, coupling: Coupling): { pairs: readonly Eigenpair[]; inertia: Inertia } {
  checkSymmetric(coupling);
  const depth = coupling.length;
  return engine.scope(() => {
    const { values, vectors } = engine.eigh(engine.tensor(coupling.flat(), [depth, depth]));
    const [eigenvalues, entries] = [engine.read(values), engine.read(vectors)];
    const cutoff = relativeZero[engine.info().precision] * Math.max(...eigenvalues.map(Math.abs));
    const pairs = Array.from(eigenvalues, (value, j) => ({
      value,
      vector: coupling.map((_, i) => entries[i * depth + j]!),
      isZero: Math.abs(value) <= cutoff,
    }));
    const zero = pairs.filter(({ isZero }) => isZero).length;
    const positive = pairs.filter(({ value, isZero }) => value > 0 && !isZero).length;
    return { pairs, inertia: { negative: depth - zero - positive, zero, positive } };
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
