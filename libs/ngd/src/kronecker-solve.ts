import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { SolveStatistics } from '@natsweep/models';

export interface KroneckerFactors {
  /** S [N, N], positive semi-definite. */
  readonly signals: Tensor;
  /** T [N, N], positive semi-definite. */
  readonly inputs: Tensor;
}

/**
 * Z [N, N] with S Z T + ρZ = R, that is (S ⊗ T + ρI)⁻¹ on R, for ρ > 0: with S = U diag(s) Uᵀ and T = P diag(t) Pᵀ,
 * Z = U [(Uᵀ R P)_ij/(s_i t_j + ρ)] Pᵀ. Eigenvalues that rounding made negative count as 0.
 */
export function solveKronecker(
  engine: LinalgEngine,
  factors: KroneckerFactors,
  { rhs, damping }: { readonly rhs: Tensor; readonly damping: number },
): { solution: Tensor; statistics: SolveStatistics } {
  const [s, t] = [engine.eigh(factors.signals), engine.eigh(factors.inputs)];
  const [rows, columns] = [s, t].map(({ values }) => engine.binary('maximum', values, 0)) as [Tensor, Tensor];
  const products = engine.binary('multiply', engine.reshape(rows, [-1, 1]), columns);
  const damped = engine.binary('add', products, damping);
  const rotated = engine.matmul(engine.matmul(s.vectors, rhs, { transposeA: true }), t.vectors);
  const solution = engine.matmul(engine.matmul(s.vectors, engine.binary('divide', rotated, damped)), t.vectors, {
    transposeB: true,
  });
  const [largest, smallest] = (['max', 'min'] as const).map((op) => engine.read(engine.reduce(op, damped))[0]!);
  const statistics: SolveStatistics = {
    method: 'eigendecomposition',
    dropped: 0,
    cutoff: 0,
    condition: largest! / smallest!,
  };
  return { solution, statistics };
}
