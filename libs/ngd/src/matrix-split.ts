import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { factorContexts, type MatrixFactors } from '@natsweep/models';
import { kroneckerLeastSquares, type KroneckerOptions } from './kronecker-least-squares.ts';
import type { MatrixNaturalGradient } from './matrix-natural-gradient.ts';
import { responseResidual } from './response-residual.ts';

/**
 * A natural gradient of β = W_1 ⋯ W_L by the factor-wise rule of Kerekes et al. 2021, B.4: each factor solves
 * J_l vec(g_l) = vec(R)/L on its own, g_l = (1/L) A_l⁺ R B_l⁺ (eq. 51 with the order of its factors put right). It solves
 * F g = ∇L where every W_l is invertible, but is not the solution of least norm: see `matrixNaturalGradient`. A finite step
 * cannot carry det β through 0.
 *
 * @param residual R, (β − β*) on observed entries and 0 elsewhere, [n, n]
 */
export function matrixSplitGradient(
  engine: LinalgEngine,
  factors: MatrixFactors,
  at: { readonly residual: Tensor } & KroneckerOptions,
): MatrixNaturalGradient {
  const { residual } = at;
  const contexts = factorContexts(engine, factors);
  const gradients = contexts.map(({ left, right }) =>
    engine.binary('divide', kroneckerLeastSquares(engine, { a: left, b: right, g: residual }, at), factors.length),
  );
  return { gradients, relativeResidual: responseResidual(engine, contexts, { gradients, residual }) };
}
