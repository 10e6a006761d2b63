import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  factorContexts,
  productPullback,
  productResponse,
  type FactorContext,
  type MatrixFactors,
} from '@natsweep/models';
import { conjugateGradients } from './conjugate-gradients.ts';
import { createSylvester } from './sylvester.ts';

/**
 * Which entries of β the Fisher information averages over, for the loss L = 1/(2m) Σ_observed (β − β*)².
 * `complete`: all, F_β = I/m (Kerekes et al. 2021, Lemma 2, with the scale of the loss). `observed`: those with data,
 * F_β = diag(mask)/m, singular on the others.
 */
export type MatrixFisher = 'complete' | 'observed';

export interface MatrixNaturalGradient {
  /** One [n, n] per factor; weights move against it. */
  readonly gradients: readonly Tensor[];
  /** ‖residual‖/‖right-hand side‖ of the linear system. */
  readonly relativeResidual: number;
}

export interface MatrixResidual {
  /** (β − β*) on observed entries, 0 elsewhere, [n, n]: m ∇_β L. */
  readonly residual: Tensor;
  /** 1 on observed entries, 0 elsewhere. */
  readonly observed: Tensor;
}

/**
 * Exact natural gradient of β = W_1 ⋯ W_L, the solution of least norm F_w⁺∇_w L over all factors: g_l = A_lᵀ Z B_lᵀ with
 * JJᵀ vec Z = vec R, JJᵀ Z = Σ_l A_l A_lᵀ Z B_lᵀ B_l and R the observed residual. With `observed` both sides are restricted to
 * the m observed entries, and the m × m system is factored. With `complete` L = 2 is a Sylvester equation, solved directly;
 * L ≥ 3 takes conjugate gradients, preconditioned by the Sylvester equation of the first and last factor's terms.
 *
 * @param at.tolerance of the relative residual of conjugate gradients. Default 1e-10.
 */
export function matrixNaturalGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: MatrixResidual & { readonly fisher: MatrixFisher; readonly tolerance?: number; readonly maxIterations?: number },
): MatrixNaturalGradient {
  const contexts = factorContexts(engine, factors);
  if (factors.length === 1) return { gradients: [engine.binary('add', at.residual, 0)], relativeResidual: 0 };
  if (at.fisher === 'observed') return observedGradient(engine, contexts, at);
  const { left, right } = outerFactorGrams(engine, contexts);
  const sylvester = createSylvester(engine, { left, right });
  if (factors.length === 2)
    return { gradients: productPullback(engine, contexts, sylvester(at.residual)), relativeResidual: 0 };
  const { solution, relativeResidual } = conjugateGradients(engine, {
    multiply: (z) => productResponse(engine, contexts, productPullback(engine, contexts, z)),
    precondition: sylvester,
    rightHandSide: at.residual,
    tolerance: at.tolerance ?? 1e-10,
    maxIterations: at.maxIterations ?? 200,
  });
  return { gradients: productPullback(engine, contexts, solution), relativeResidual };
}

/** A_L A_Lᵀ and B_1ᵀ B_1, of the last and the first factor's terms of JJᵀ. */
function outerFactorGrams(engine: LinalgEngine, contexts: readonly FactorContext[]): GramPair {
  return { left: gramPair(engine, contexts.at(-1)!).left, right: gramPair(engine, contexts[0]!).right };
}

/** A_l A_lᵀ and B_lᵀ B_l, the Kronecker factors of J_l J_lᵀ. */
interface GramPair {
  readonly left: Tensor;
  readonly right: Tensor;
}

function gramPair(engine: LinalgEngine, { left, right }: FactorContext): GramPair {
  return {
    left: engine.matmul(left, left, { transposeB: true }),
    right: engine.matmul(right, right, { transposeA: true }),
  };
}

/** Solves on observed entries: (JJᵀ)_{(ij)(kh)} = Σ_l (A_l A_lᵀ)_{ik} (B_lᵀ B_l)_{jh}, m × m. */
function observedGradient(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
  { residual, observed }: MatrixResidual,
): MatrixNaturalGradient {
  const size = residual.shape[0]!;
  const mask = engine.read(observed);
  const entries = Array.from(mask.keys()).filter((entry) => mask[entry] !== 0);
  const [rows, columns] = [entries.map((entry) => Math.floor(entry / size)), entries.map((entry) => entry % size)];
  const among = (gram: Tensor, indices: readonly number[]) => engine.take(engine.take(gram, indices, 0), indices, 1);
  const kernel = contexts
    .map((context) => gramPair(engine, context))
    .map(({ left, right }) => engine.binary('multiply', among(left, rows), among(right, columns)))
    .reduce((sum, term) => engine.binary('add', sum, term));
  const target = engine.take(engine.reshape(residual, [size * size, 1]), entries);
  const { factor, failed } = engine.cholesky(kernel);
  const dual =
    failed.length === 0 ? engine.choleskySolve(factor, target) : engine.leastSquares(kernel, target).solution;
  const full = new Float64Array(size * size);
  engine.read(dual).forEach((value, index) => (full[entries[index]!] = value));
  const norm = (t: Tensor) => Math.sqrt(engine.read(engine.reduce('sum', engine.unary('square', t)))[0]!);
  const missed = norm(engine.binary('subtract', engine.matmul(kernel, dual), target));
  return {
    gradients: productPullback(engine, contexts, engine.tensor(full, [size, size])),
    relativeResidual: missed === 0 ? 0 : missed / norm(target),
  };
}
