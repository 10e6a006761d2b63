import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { solvePositive } from '@natsweep/models';
import type { Coupling, SolveStatistics } from '@natsweep/models';
import { couplingResponse } from './coupling-response.ts';
import type { CouplingResponse } from './coupling-response.ts';
import { leastFavourable } from './statistics.ts';

export interface UndampedLayers {
  readonly coupling: Coupling;
  /** Θ_l [n, n] per layer. */
  readonly kernels: readonly Tensor[];
  /** g/N [n, 1] */
  readonly gradient: Tensor;
  readonly measureCondition: boolean;
}

interface Solved {
  /** v_l [n, 1] per layer: Δθ_l = J_lᵀ v_l. */
  readonly duals: readonly Tensor[];
  readonly statistics: SolveStatistics;
}

/**
 * The limit ρ → 0: what the layers add to the outputs, r_l = Θ_l v_l, is of all r with (Σ ⊗ I)r = 1_L ⊗ g/N that of least
 * ‖Δθ‖² = Σ_l r_lᵀΘ_l⁻¹r_l. In every case Σ_l r_l = α g/N.
 *
 * A regular Σ leaves one r and a system [n, n] per layer. A singular one adds a system [qn, qn] for its kernel of dimension q,
 * or has instead one [pn, pn] for its range of dimension p where that is smaller: q = 1 for the block-tridiagonal Σ, p = 1 for
 * Σ = 11ᵀ, and L/2 at most for any other.
 */
export function solveUndampedLayers(engine: LinalgEngine, layers: UndampedLayers): Solved {
  const response = couplingResponse(engine, layers.coupling);
  if (response.range.length < response.kernel.length) return byRange(engine, response, layers);
  const { kernels, measureCondition } = layers;
  const targets = byKernel(engine, response, layers);
  const solved = kernels.map((kernel, l) =>
    solvePositive(engine, kernel, targets[l]!, { damping: 0, measureCondition }),
  );
  return {
    duals: solved.map(({ solution }) => solution),
    statistics: leastFavourable(solved.map(({ statistics }) => statistics)),
  };
}

/**
 * v_l = Σ_a q_al μ_a with the eigenvectors q_a of Σ that span its range, where Σ_b (Σ_l q_al q_bl Θ_l) μ_b = s_a g/N and s_a is 1ᵀq_a
 * over the eigenvalue: r is then Θ times what is orthogonal to the kernel of Σ.
 */
function byRange(engine: LinalgEngine, { range }: CouplingResponse, layers: UndampedLayers): Solved {
  const { kernels, gradient, measureCondition } = layers;
  const vectors = range.map(({ vector }) => vector);
  const rhs = range.map(({ share }) => engine.binary('multiply', share, gradient));
  const { solution, statistics } = solvePositive(engine, projected(engine, vectors, kernels), engine.concat(rhs, 0), {
    damping: 0,
    measureCondition,
  });
  const moves = split(engine, solution, vectors.length);
  return {
    duals: kernels.map((_, l) =>
      combined(
        engine,
        vectors.map((vector) => vector[l]!),
        moves,
      ),
    ),
    statistics,
  };
}

/** r_l = c_l g/N + Σ_a z_al w_a with the kernel z_a of Σ, where Σ_b (Σ_l z_al z_bl Θ_l⁻¹) w_b = −Σ_l z_al c_l Θ_l⁻¹ g/N. */
function byKernel(engine: LinalgEngine, { response, kernel }: CouplingResponse, layers: UndampedLayers): Tensor[] {
  const { kernels, gradient } = layers;
  const direct = response.map((entry) => engine.binary('multiply', entry, gradient));
  if (kernel.length === 0) return direct;
  const identity = engine.eye(gradient.shape[0]!);
  const inverses = kernels.map((matrix) => solvePositive(engine, matrix, identity, { damping: 0 }).solution);
  const pulled = inverses.map((inverse, l) => engine.matmul(inverse, gradient, { scale: -response[l]! }));
  const rhs = kernel.map((vector) => combined(engine, vector, pulled));
  const { solution } = solvePositive(engine, projected(engine, kernel, inverses), engine.concat(rhs, 0), {
    damping: 0,
  });
  const moves = split(engine, solution, kernel.length);
  return direct.map((target, l) => combined(engine, [1, ...kernel.map((vector) => vector[l]!)], [target, ...moves]));
}

/** Σ_l factors_l parts_l */
function combined(engine: LinalgEngine, factors: readonly number[], parts: readonly Tensor[]): Tensor {
  const sum = engine.full(parts[0]!.shape, 0);
  parts.forEach((part, l) => engine.accumulate(sum, part, factors[l]!));
  return sum;
}

/** Blocks Σ_l a_l b_l M_l for a and b of the vectors: (Vᵀ ⊗ I) blockdiag(M_l) (V ⊗ I). */
function projected(engine: LinalgEngine, vectors: readonly (readonly number[])[], matrices: readonly Tensor[]): Tensor {
  const row = (a: readonly number[]): Tensor =>
    engine.concat(
      vectors.map((b) =>
        combined(
          engine,
          a.map((entry, l) => entry * b[l]!),
          matrices,
        ),
      ),
      1,
    );
  return engine.concat(vectors.map(row), 0);
}

function split(engine: LinalgEngine, stacked: Tensor, count: number): Tensor[] {
  const size = stacked.shape[0]! / count;
  return Array.from({ length: count }, (_, a) => engine.slice(stacked, [[a * size, (a + 1) * size]]));
}
