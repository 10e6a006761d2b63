import { weightedSignals } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { biasSlope, fisherDiagonal, quotient, squaredSignals, weightSlope } from './fisher-diagonal.ts';
import { lossGradient } from './outer-update.ts';

/**
 * The diagonal of the Fisher matrix alone: Δθ_i = ∇_iL/(F_ii + ρ) (Karakida & Osawa 2020, section 5). Not isotropic. At
 * ρ = 0 an entry with F_ii = 0, whose gradient is 0 too, does not move.
 */
export function diagonal(): DescentRule {
  return {
    name: 'diagonal',
    direction: (engine, at, residual, options) =>
      engine.scope(() => {
        const gradient = lossGradient(engine, at, residual);
        const layers = at.signals.map((_, index) =>
          engine.scope(() => {
            const l = index + 1;
            const squares = squaredSignals(engine, at, l);
            const fisher = fisherDiagonal(engine, at, l, { squares, damping: options.damping });
            const signals = weightedSignals(engine, at, l, gradient);
            const hasBiases = at.network.layers[index]!.biases !== undefined;
            return {
              kind: 'dense' as const,
              weights: quotient(engine, weightSlope(engine, at, l, signals), fisher.weights, options),
              biases: hasBiases
                ? quotient(engine, biasSlope(engine, at, l, signals), fisher.biases, options)
                : undefined,
            };
          }),
        );
        return { layers, statistics: { method: 'none', dropped: 0, cutoff: 0 } };
      }),
  };
}
