import { weightedSignals } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';

/**
 * Euclidean gradient descent: Δθ = ∇_θ L = Jᵀ g/N with g = f − y (Karakida & Osawa 2020, eq. 4). In function space
 * JΔθ = Θg. It has no metric to damp: the damping is unread.
 */
export function gradientDescent(): DescentRule {
  return {
    name: 'gradient-descent',
    direction: (engine, at, residual) =>
      engine.scope(() => {
        const gradient = engine.binary('multiply', 1 / at.samples, engine.reshape(residual, [-1, 1]));
        const biasInputs = engine.full([at.samples, 1], 1);
        return {
          layers: at.activations.map((inputs, index) => ({
            kind: 'outer' as const,
            signals: weightedSignals(engine, at, index + 1, gradient),
            inputs,
            biasInputs,
          })),
          statistics: { method: 'none', dropped: 0, cutoff: 0 },
        };
      }),
  };
}
