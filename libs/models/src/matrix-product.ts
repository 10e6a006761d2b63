import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/** The factors W_1 … W_L of a deep matrix product β = W_1 W_2 ⋯ W_L (Kerekes et al. 2021, §2.2), each [..., n, n]. */
export type MatrixFactors = readonly Tensor[];

/** A factor's surroundings: β = A_l W_l B_l, so that J_l = B_lᵀ ⊗ A_l (eq. 49). */
export interface FactorContext {
  /** A_l = W_1 ⋯ W_{l−1}; the identity for l = 1. */
  readonly left: Tensor;
  /** B_l = W_{l+1} ⋯ W_L; the identity for l = L. */
  readonly right: Tensor;
}

/** β = W_1 W_2 ⋯ W_L. */
export function matrixProduct(engine: LinalgEngine, factors: MatrixFactors): Tensor {
  const [first, ...others] = factors;
  if (first === undefined) throw new RangeError('matrix product: it needs at least one factor');
  return others.reduce((partial, factor) => engine.matmul(partial, factor), first);
}

/** A_l and B_l for every factor, in 2(L − 2) products. */
export function factorContexts(engine: LinalgEngine, factors: MatrixFactors): FactorContext[] {
  const size = factors[0]?.shape.at(-1);
  if (size === undefined) throw new RangeError('matrix product: it needs at least one factor');
  const identity = engine.eye(size);
  const lefts: Tensor[] = [identity];
  for (const factor of factors.slice(0, -1)) {
    const last = lefts.at(-1)!;
    lefts.push(last === identity ? factor : engine.matmul(last, factor));
  }
  const rights: Tensor[] = [identity];
  for (const factor of factors.slice(1).reverse()) {
    const last = rights.at(-1)!;
    rights.push(last === identity ? factor : engine.matmul(factor, last));
  }
  rights.reverse();
  return lefts.map((left, layer) => ({ left, right: rights[layer]! }));
}

/**
 * Σ_l J_l vec(ΔW_l) as a matrix: Σ_l A_l ΔW_l B_l, how β moves to first order (eq. 47).
 */
export function productResponse(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
  steps: readonly Tensor[],
): Tensor {
  const terms = contexts.map(({ left, right }, layer) => engine.matmul(engine.matmul(left, steps[layer]!), right));
  return terms.reduce((sum, term) => engine.binary('add', sum, term));
}

/** J_lᵀ vec(Z) for every factor, as matrices: A_lᵀ Z B_lᵀ. With Z = ∇_β L it is the Euclidean gradient. */
export function productPullback(engine: LinalgEngine, contexts: readonly FactorContext[], cotangent: Tensor): Tensor[] {
  return contexts.map(({ left, right }) =>
    engine.matmul(engine.matmul(left, cotangent, { transposeA: true }), right, { transposeB: true }),
  );
}
