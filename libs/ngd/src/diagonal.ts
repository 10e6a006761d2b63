import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { weightedSignals } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import { fisherEntries, layerGradient } from './fisher-diagonal.ts';
import { lossGradient } from './outer-update.ts';

/**
 * The diagonal of the Fisher matrix alone: Δθ_i = ∇_iL/(F_ii + ρ) (Karakida & Osawa 2020, section 5). Not isotropic. At
 * ρ = 0 an entry with F_ii = 0, whose gradient is 0 too, does not move.
 */
export function diagonal(): DescentRule {
  return {
    name: 'diagonal',
    direction: (engine, at, residual, { damping }) =>
      engine.scope(() => {
        const gradient = lossGradient(engine, at, residual);
        const layers = at.signals.map((_, index) => {
          const l = index + 1;
          const fisher = fisherEntries(engine, at, l);
          const slope = layerGradient(engine, at, l, weightedSignals(engine, at, l, gradient));
          return {
            kind: 'dense' as const,
            weights: dividedWhereMoving(engine, slope.weights, fisher.weights, damping),
            biases: fisher.biases && engine.transpose(dividedWhereMoving(engine, slope.biases, fisher.biases, damping)),
          };
        });
        return { layers, statistics: { method: 'none', dropped: 0, cutoff: 0 } };
      }),
  };
}

/** numerator/(denominator + damping), and 0 where that sum is 0. */
export function dividedWhereMoving(
  engine: LinalgEngine,
  numerator: Tensor,
  denominator: Tensor,
  damping: number,
): Tensor {
  return engine.scope(() => {
    const damped = damping === 0 ? denominator : engine.binary('add', denominator, damping);
    return engine.where(engine.binary('greater', damped, 0), engine.binary('divide', numerator, damped), 0);
  });
}
