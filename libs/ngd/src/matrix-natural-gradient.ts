import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import {
  factorContexts,
  machineEpsilon,
  productPullback,
  productResponse,
  type FactorContext,
  type MatrixFactors,
} from '@natsweep/models';
import { conjugateGradients } from './conjugate-gradients.ts';
import { responseResidual } from './response-residual.ts';
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
  /**
   * ‖Σ_l J_l vec(g_l) − vec(R)‖/‖R‖ over the entries that the Fisher information averages over: 0 up to rounding where the
   * system was solved.
   */
  readonly relativeResidual: number;
}

export interface MatrixResidual {
  /** (β − β*) on observed entries, 0 elsewhere, [n, n]: m ∇_β L. */
  readonly residual: Tensor;
  /** 1 on observed entries, 0 elsewhere. */
  readonly observed: Tensor;
}

export interface SolveLimits {
  /** Relative residual at which conjugate gradients stop, 10 ε of the engine's precision at least. Default 1e-10. */
  readonly tolerance?: number;
  /** Default 1000. */
  readonly maxIterations?: number;
}

function limitsOf(engine: LinalgEngine, { tolerance = 1e-10, maxIterations = 1000 }: SolveLimits) {
  return { tolerance: Math.max(tolerance, 10 * machineEpsilon(engine)), maxIterations };
}

/**
 * Exact natural gradient of β = W_1 ⋯ W_L, the solution of least norm F_w⁺∇_w L over all factors: g_l = A_lᵀ Z B_lᵀ with
 * JJᵀ vec Z = vec R, JJᵀ Z = Σ_l A_l A_lᵀ Z B_lᵀ B_l and R the observed residual. With `complete` L = 2 is a Sylvester
 * equation, solved directly; L ≥ 3 takes conjugate gradients, preconditioned by the Sylvester equation of the first and last
 * factor's terms. With `observed` both sides are restricted to the observed entries, a better conditioned system that conjugate
 * gradients solve as they are. No matrix larger than n × n is formed.
 */
export function matrixNaturalGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: MatrixResidual & { readonly fisher: MatrixFisher } & SolveLimits,
): MatrixNaturalGradient {
  const contexts = factorContexts(engine, factors);
  const { residual } = at;
  const solve = at.fisher === 'observed' ? observedDual : completeDual;
  const dual = contexts.length === 1 ? residual : solve(engine, contexts, at);
  const gradients = productPullback(engine, contexts, dual);
  const mask = at.fisher === 'observed' ? { mask: at.observed } : {};
  return { gradients, relativeResidual: responseResidual(engine, contexts, { gradients, residual, ...mask }) };
}

/** Z with JJᵀ vec Z = vec R. */
function completeDual(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
  at: MatrixResidual & SolveLimits,
): Tensor {
  const { left } = contexts.at(-1)!;
  const { right } = contexts[0]!;
  const sylvester = createSylvester(engine, {
    left: engine.matmul(left, left, { transposeB: true }),
    right: engine.matmul(right, right, { transposeA: true }),
  });
  if (contexts.length === 2) return sylvester(at.residual);
  return conjugateGradients(engine, {
    multiply: (z) => productResponse(engine, contexts, productPullback(engine, contexts, z)),
    precondition: sylvester,
    rightHandSide: at.residual,
    ...limitsOf(engine, at),
  }).solution;
}

/** Z on observed entries, 0 elsewhere, that meets the residual there: P JJᵀ P vec Z = vec R with P the mask. */
function observedDual(
  engine: LinalgEngine,
  contexts: readonly FactorContext[],
  at: MatrixResidual & SolveLimits,
): Tensor {
  return conjugateGradients(engine, {
    multiply: (z) => {
      const moved = productResponse(engine, contexts, productPullback(engine, contexts, z));
      return engine.binary('multiply', moved, at.observed);
    },
    rightHandSide: at.residual,
    ...limitsOf(engine, at),
  }).solution;
}
