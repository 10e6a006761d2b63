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
 * observed entries. L = 2 and a complete Fisher make it a Sylvester equation, solved directly; otherwise conjugate gradients,
 * preconditioned by the Sylvester equation of the first and last factor's terms.
 *
 * @param options.tolerance of the relative residual of conjugate gradients. Default 1e-10.
 */
export function matrixNaturalGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: MatrixResidual & { readonly fisher: MatrixFisher; readonly tolerance?: number; readonly maxIterations?: number },
): MatrixNaturalGradient {
  const contexts = factorContexts(engine, factors);
  if (factors.length === 1) return { gradients: [engine.binary('add', at.residual, 0)], relativeResidual: 0 };
  const sylvester = createSylvester(engine, outerFactorGrams(engine, contexts));
  if (factors.length === 2 && at.fisher === 'complete') {
    const z = sylvester(at.residual);
    return { gradients: productPullback(engine, contexts, z), relativeResidual: 0 };
  }
  const mask = (t: Tensor) => (at.fisher === 'observed' ? engine.binary('multiply', t, at.observed) : t);
  const { solution, relativeResidual } = conjugateGradients(engine, {
    multiply: (z) => mask(productResponse(engine, contexts, productPullback(engine, contexts, z))),
    precondition: (z) => mask(sylvester(z)),
    rightHandSide: at.residual,
    tolerance: at.tolerance ?? 1e-10,
    maxIterations: at.maxIterations ?? 200,
  });
  return { gradients: productPullback(engine, contexts, solution), relativeResidual };
}

/** A_L A_Lᵀ and B_1ᵀ B_1, of the last and the first factor's terms of JJᵀ. */
function outerFactorGrams(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
): { readonly left: Tensor; readonly right: Tensor } {
  const { left } = contexts.at(-1)!;
  const { right } = contexts[0]!;
  return {
    left: engine.matmul(left, left, { transposeB: true }),
    right: engine.matmul(right, right, { transposeA: true }),
  };
}
