import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { layerKernels, solvePositive } from '@natsweep/models';
import type { Coupling, DescentRule, SolveStatistics } from '@natsweep/models';
import { couplingInertia, couplingResponse, UnsupportedCouplingError } from './coupling-response.ts';
import type { CouplingResponse } from './coupling-response.ts';
import { solveDampedLayers } from './damped-layers.ts';
import { lossGradient, pulledBack } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';

interface Solved {
  /** v_l [NC, 1] per layer: Δθ_l = J_lᵀ v_l. */
  readonly duals: readonly Tensor[];
  readonly statistics: SolveStatistics;
}

/**
 * Natural gradient in the layer-wise metric G = Sᵀ(Σ ⊗ I)S/N + ρI, S = blockdiag(J_1 … J_L), for any symmetric Σ
 * (Karakida & Osawa 2020, eq. 15, Theorem 4.1): Δθ_l = J_lᵀ v_l with ((Σ ⊗ I) blockdiag(Θ_l) + ρI) v = 1_L ⊗ g/N.
 *
 * - ρ = 0: J_lΔθ_l = c_l g with c = Σ⁻¹1, so v_l = c_l Θ_l⁻¹ g/N and α = 1ᵀΣ⁻¹1. Where Σ is singular, the limit ρ → 0 is
 *   the solution of least norm, see `leastNormTargets`; α = 1ᵀΣ⁺1.
 * - ρ > 0: with Θ_l = K_lK_lᵀ and y_l = K_lᵀv_l, (KᵀΣK + ρI) y = Kᵀ(1_L ⊗ g/N). KᵀΣK [LNC, LNC] is symmetric but indefinite
 *   whenever Σ is, and ρ at the negative of an eigenvalue is a pole of the step. It is never formed where Σ is banded or
 *   positive definite, see `solveDampedLayers`.
 *
 * The memory of a step is that of L matrices [NC, NC] for such Σ, and of one [LNC, LNC] for other Σ with entries off the three
 * central diagonals.
 */
export function layerWise(coupling: Coupling, name = 'layer-wise'): DescentRule {
  return {
    name,
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        if (coupling.length !== at.signals.length)
          throw new UnsupportedCouplingError(
            `Σ is ${coupling.length} × ${coupling.length}; the network has ${at.signals.length} layers`,
          );
        const { negative, zero, positive } = couplingInertia(engine, coupling);
        const kernels = layerKernels(engine, at, at);
        const gradient = lossGradient(engine, at, residual);
        const { damping, measureCondition = false } = options;
        const { duals, statistics } =
          damping === 0
            ? undamped(engine, coupling, { kernels, gradient, measureCondition })
            : solveDampedLayers(engine, { coupling, kernels, gradient, damping, measureCondition });
        const copies = gradient.shape[0]!;
        return {
          layers: duals.map((dual, index) => pulledBack(engine, at, index + 1, dual)),
          statistics: {
            ...statistics,
            // Sylvester's law: KᵀΣK has the inertia of Σ ⊗ I
            inertia: { negative: copies * negative, zero: copies * zero, positive: copies * positive },
          },
        };
      }),
  };
}

interface Systems {
  readonly kernels: readonly Tensor[];
  readonly gradient: Tensor;
}

function undamped(
  engine: LinalgEngine,
  coupling: Coupling,
  { kernels, gradient, measureCondition }: Systems & { readonly measureCondition: boolean },
): Solved {
  const targets = leastNormTargets(engine, couplingResponse(engine, coupling), { kernels, gradient });
  const solved = kernels.map((kernel, index) =>
    solvePositive(engine, kernel, targets[index]!, { damping: 0, measureCondition }),
  );
  return {
    duals: solved.map(({ solution }) => solution),
    statistics: leastFavourable(solved.map(({ statistics }) => statistics)),
  };
}

/**
 * What each layer adds to the outputs in the limit ρ → 0, r_l [NC, 1]: of all r with (Σ ⊗ I)r = 1_L ⊗ g/N that of least
 * ‖Δθ‖² = Σ_l r_lᵀΘ_l⁻¹r_l. With z_a the kernel of Σ, r_l = c_l g/N + Σ_a z_al w_a, where
 * Σ_b (Σ_l z_al z_bl Θ_l⁻¹) w_b = −Σ_l z_al c_l Θ_l⁻¹ g/N. Since 1_L ⊥ z_a, Σ_l r_l = α g/N whatever w is.
 */
function leastNormTargets(
  engine: LinalgEngine,
  { response, kernel }: CouplingResponse,
  { kernels, gradient }: Systems,
): Tensor[] {
  const direct = response.map((entry) => engine.binary('multiply', entry, gradient));
  if (kernel.length === 0) return direct;
  const size = gradient.shape[0]!;
  const inverses = kernels.map((matrix) => solvePositive(engine, matrix, engine.eye(size), { damping: 0 }).solution);
  const combined = (factors: readonly number[], parts: readonly Tensor[]): Tensor =>
    parts
      .map((part, l) => engine.binary('multiply', factors[l]!, part))
      .reduce((sum, part) => engine.binary('add', sum, part));
  const system = kernel.map((a) =>
    engine.concat(
      kernel.map((b) =>
        combined(
          a.map((entry, l) => entry * b[l]!),
          inverses,
        ),
      ),
      1,
    ),
  );
  const pulls = kernel.map((a) =>
    engine.matmul(
      combined(
        a.map((entry, l) => -entry * response[l]!),
        inverses,
      ),
      gradient,
    ),
  );
  const { solution } = solvePositive(engine, engine.concat(system, 0), engine.concat(pulls, 0), { damping: 0 });
  const moves = kernel.map((_, a) => engine.slice(solution, [[a * size, (a + 1) * size]]));
  return direct.map((target, l) =>
    moves.reduce((sum, move, a) => engine.binary('add', sum, engine.binary('multiply', kernel[a]![l]!, move)), target),
  );
}
