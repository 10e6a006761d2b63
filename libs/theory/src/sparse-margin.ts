import type { LargeMarginSolver, SignedInputs } from './large-margin.ts';

const MAX_ROUNDS = 100;
const SMOOTHING = 1e-6;

/**
 * A first-order stationary point of min ‖β‖_p subject to X̃β ≥ 1 for p < 1, p = 2/L for a diagonal network of L layers
 * (Gunasekar et al. 2018). The problem is not convex; majorising Σ(|β_i| + ε)^p, ε = 10⁻⁶ max |β|, by its tangent at |β_i| gives
 * a sequence of weighted ℓ1 problems, weight_i = (|β_i| + ε)^{p−1} up to scale, from a given start to a stationary point below
 * it. For a fixed ε the majorised cost cannot rise; since ε follows max |β|, ‖β‖_p may, by its share of order ε^p.
 *
 * @param start β whose weights begin the sequence
 */
export function sparseMargin(
  solver: LargeMarginSolver,
  inputs: SignedInputs,
  options: { readonly power: number; readonly start: ArrayLike<number> },
): Float64Array {
  let separator: Float64Array = Float64Array.from(options.start);
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const largest = separator.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const weights = separator.map((value) => (Math.abs(value) / largest + SMOOTHING) ** (options.power - 1));
    const next = solver.l1(inputs, weights).separator;
    const moved = next.some((value, i) => Math.abs(value - separator[i]!) > 1e-9 * largest);
    separator = next;
    if (!moved) break;
  }
  return separator;
}
