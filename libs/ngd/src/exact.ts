import { empiricalNtk, solvePositive } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { lossGradient, pulledBack } from './outer-update.ts';

/**
 * Natural gradient with the full Fisher matrix F = JᵀJ/N, in kernel space by the push-through identity:
 *
 *   Δθ = (F + ρI)⁻¹ Jᵀ g/N = Jᵀ (Θ + ρI)⁻¹ g/N,   Θ = JJᵀ/N [NC, NC]
 *
 * (Karakida & Osawa 2020, eq. 9). At ρ = 0 it uses the pseudo-inverse of F. JΔθ = g: α = 1.
 */
export function exact(): DescentRule {
  return {
    name: 'exact',
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        const { solution, statistics } = solvePositive(
          engine,
          empiricalNtk(engine, at, at),
          lossGradient(engine, at, residual),
          options,
        );
        return { layers: at.signals.map((_, index) => pulledBack(engine, at, index + 1, solution)), statistics };
      }),
  };
}
