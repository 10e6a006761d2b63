import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { conditionOf, layerKernels, machineEpsilon, solvePositive } from '@natsweep/models';
import type { Coupling, DescentRule, Inertia, SolveStatistics } from '@natsweep/models';
import { couplingResponse, UnsupportedCouplingError } from './coupling-response.ts';
import type { CouplingResponse } from './coupling-response.ts';
import { lossGradient, pulledBack } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';
import { squareRoot } from './square-root.ts';

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
 *   whenever Σ is: it is solved by eigendecomposition, and ρ at the negative of an eigenvalue is a pole of the step.
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
        const kernels = layerKernels(engine, at, at);
        const gradient = lossGradient(engine, at, residual);
        const { duals, statistics } =
          options.damping === 0
            ? undamped(engine, coupling, { kernels, gradient, measureCondition: options.measureCondition ?? false })
            : damped(engine, coupling, { kernels, gradient, damping: options.damping });
        return { layers: duals.map((dual, index) => pulledBack(engine, at, index + 1, dual)), statistics };
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
  const response = couplingResponse(engine, coupling);
  const { inertia } = response;
  const targets = leastNormTargets(engine, response, { kernels, gradient });
  const solved = kernels.map((kernel, index) =>
    solvePositive(engine, kernel, targets[index]!, { damping: 0, measureCondition }),
  );
  const copies = gradient.shape[0]!;
  return {
    duals: solved.map(({ solution }) => solution),
    statistics: {
      ...leastFavourable(solved.map(({ statistics }) => statistics)),
      // Sylvester's law: KᵀΣK has the inertia of Σ ⊗ I
      inertia: {
        negative: copies * inertia.negative,
        zero: copies * inertia.zero,
        positive: copies * inertia.positive,
      },
    },
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

function damped(
  engine: LinalgEngine,
  coupling: Coupling,
  { kernels, gradient, damping }: Systems & { readonly damping: number },
): Solved {
  const roots = kernels.map((kernel) => squareRoot(engine, kernel));
  const metric = engine.concat(
    coupling.map((row, i) =>
      engine.concat(
        row.map((entry, j) =>
          engine.binary('multiply', entry, engine.matmul(roots[i]!.root, roots[j]!.root, { transposeA: true })),
        ),
        1,
      ),
    ),
    0,
  );
  const rhs = engine.concat(
    roots.map(({ root }) => engine.matmul(root, gradient, { transposeA: true })),
    0,
  );
  const { values, vectors } = engine.eigh(metric);
  const projected = engine.matmul(vectors, rhs, { transposeA: true });
  const shifted = engine.binary('add', engine.reshape(values, [-1, 1]), damping);
  const y = engine.matmul(vectors, engine.binary('divide', projected, shifted));
  const size = gradient.shape[0]!;
  return {
    duals: roots.map(({ solveTranspose }, index) =>
      solveTranspose(engine.slice(y, [[index * size, (index + 1) * size]])),
    ),
    statistics: {
      ...leastFavourable(roots.map(({ statistics }) => statistics)),
      method: 'eigendecomposition',
      ...spectrum(engine, engine.read(values), damping),
    },
  };
}

function spectrum(engine: LinalgEngine, eigenvalues: Float64Array, damping: number) {
  const noise = eigenvalues.length * machineEpsilon(engine) * Math.max(...eigenvalues.map(Math.abs));
  const shifted = eigenvalues.map((value) => value + damping);
  const inertia: Inertia = {
    negative: eigenvalues.filter((value) => value < -noise).length,
    zero: eigenvalues.filter((value) => Math.abs(value) <= noise).length,
    positive: eigenvalues.filter((value) => value > noise).length,
  };
  return { inertia, poleDistance: Math.min(...shifted.map(Math.abs)), condition: conditionOf(shifted) };
}
