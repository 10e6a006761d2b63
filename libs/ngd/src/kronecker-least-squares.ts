import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { machineEpsilon } from '@natsweep/models';

/** `pinv`: X = A⁺ G B⁺ by singular values. `qr`: by QR of A and Bᵀ, as Fausett & Fulton 1994 propose. */
export type KroneckerSolver = 'pinv' | 'qr';

export interface KroneckerOptions {
  readonly solver: KroneckerSolver;
  /** Singular values below `rcond` times the largest count as zero. Default: n ε of the engine's precision. */
  readonly rcond?: number;
}

/**
 * min_X ‖A X B − G‖_F, of least norm: least squares with the matrix Bᵀ ⊗ A, which is never formed. With `qr` A = Q_A R_A and
 * Bᵀ = Q_B R_B, and R_A X R_Bᵀ = Q_Aᵀ G Q_B is solved by two triangular solves, whose error depends on the factors' condition
 * numbers only as the data do. A triangle with a pivot below `rcond` times the largest is solved by its singular values instead;
 * without column exchanges, triangles like Kahan's hide their null space from that test, and `pinv` is the safe choice.
 */
export function kroneckerLeastSquares(
  engine: LinalgEngine,
  given: { readonly a: Tensor; readonly b: Tensor; readonly g: Tensor },
  options: KroneckerOptions,
): Tensor {
  const leftSolved = solveLeft(engine, given.a, { right: given.g, options });
  const transposed = solveLeft(engine, engine.transpose(given.b), { right: engine.transpose(leftSolved), options });
  return engine.transpose(transposed);
}

/** min_X ‖M X − right‖, of least norm. */
function solveLeft(
  engine: LinalgEngine,
  m: Tensor,
  given: { readonly right: Tensor; readonly options: KroneckerOptions },
): Tensor {
  const { solver } = given.options;
  const rcond = given.options.rcond ?? machineEpsilon(engine) * Math.max(...m.shape);
  if (solver === 'pinv') return engine.leastSquares(m, given.right, { rcond }).solution;
  const { q, r } = engine.qr(m);
  const projected = engine.matmul(q, given.right, { transposeA: true });
  const pivots = engine.read(engine.unary('abs', engine.diagonal(r)));
  const regular = Math.min(...pivots) > rcond * Math.max(...pivots);
  return regular
    ? engine.solveTriangular(r, projected, { lower: false })
    : engine.leastSquares(r, projected, { rcond }).solution;
}
