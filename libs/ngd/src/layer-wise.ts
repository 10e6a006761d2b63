import { layerKernels } from '@natsweep/models';
import type { Coupling, DescentRule } from '@natsweep/models';
import { couplingInertia, UnsupportedCouplingError } from './coupling-response.ts';
import { solveDampedLayers } from './damped-layers.ts';
import { lossGradient, pulledBack } from './outer-update.ts';
import { solveUndampedLayers } from './undamped-layers.ts';

/**
 * Natural gradient in the layer-wise metric G = Sᵀ(Σ ⊗ I)S/N + ρI, S = blockdiag(J_1 … J_L), for any symmetric Σ
 * (Karakida & Osawa 2020, eq. 15, Theorem 4.1): Δθ_l = J_lᵀ v_l with ((Σ ⊗ I) blockdiag(Θ_l) + ρI) v = 1_L ⊗ g/N.
 *
 * - ρ = 0: J_lΔθ_l = c_l g with c = Σ⁻¹1, so v_l = c_l Θ_l⁻¹ g/N and α = 1ᵀΣ⁻¹1. Where Σ is singular, the limit ρ → 0 is
 *   the solution of least norm, see `solveUndampedLayers`; α = 1ᵀΣ⁺1.
 * - ρ > 0: with Θ_l = K_lK_lᵀ and y_l = K_lᵀv_l, (KᵀΣK + ρI) y = Kᵀ(1_L ⊗ g/N). KᵀΣK [LNC, LNC] is symmetric but indefinite
 *   whenever Σ is, and ρ at the negative of an eigenvalue is a pole of the step, see `solveDampedLayers`.
 *
 * The memory of a step beside the weights is O(L) matrices [NC, NC] and [N, M] for tridiagonal Σ and for positive definite ones
 * that are not nearly singular. Any other Σ with entries off the three central diagonals takes O(1) matrices [LNC, LNC].
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
            ? solveUndampedLayers(engine, { coupling, kernels, gradient, measureCondition })
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
