import { layerKernel, solvePositive } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { lossGradient, pulledBack } from './outer-update.ts';
import { leastFavourable } from './statistics.ts';

/**
 * One Fisher block per layer (Σ = I): Δθ_l = J_lᵀ (Θ_l + ρI)⁻¹ g/N (Karakida & Osawa 2020, 4.1).
 * J_lΔθ_l = g in every layer at ρ = 0: α = L.
 */
export function blockDiagonal(): DescentRule {
  return {
    name: 'block-diagonal',
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        const gradient = lossGradient(engine, at, residual);
        const solved = at.signals.map((_, index) =>
          solvePositive(engine, layerKernel(engine, at, at, index + 1), gradient, options),
        );
        return {
          layers: solved.map(({ solution }, index) => pulledBack(engine, at, index + 1, solution)),
          statistics: leastFavourable(solved.map(({ statistics }) => statistics)),
        };
      }),
  };
}
