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
 * numbers only as the data do. That is done only where ‖R‖ ‖R⁻¹‖ < 1/`rcond` proves that no singular value counts as zero;
 * otherwise, and for a matrix with more columns than rows, the singular values of R decide on the rank, as they do with `pinv`.
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
  return isRegular(engine, r, rcond)
    ? engine.solveTriangular(r, projected, { lower: false })
    : engine.leastSquares(r, projected, { rcond }).solution;
}

/** Whether σ_min(R) > rcond σ_max(R) for certain, by σ_min ≥ 1/‖R⁻¹‖_F and σ_max ≤ ‖R‖_F; false where that cannot be told. */
function isRegular(engine: LinalgEngine, r: Tensor, rcond: number): boolean {
  const [rows, columns] = r.shape as [number, number];
  if (rows < columns || engine.read(engine.diagonal(r)).includes(0)) return false;
  return engine.scope(() => {
    const inverse = engine.solveTriangular(r, engine.eye(columns), { lower: false });
    const norm = (t: Tensor) => Math.sqrt(engine.read(engine.reduce('sum', engine.unary('square', t)))[0]!);
    return norm(r) * norm(inverse) * rcond < 1;
  });
}
