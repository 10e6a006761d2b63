import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { weightedSignals } from '@natsweep/models';
import type { DescentRule, LayerUpdate, Linearisation } from '@natsweep/models';
import { diagonal } from './diagonal.ts';
import { biasSlope, fisherDiagonal, quotient, squaredSignals, weightSlope } from './fisher-diagonal.ts';
import { lossGradient } from './outer-update.ts';

/**
 * Quasi-diagonal reduction (Ollivier 2015): of each unit's Fisher block it keeps the diagonal and the row of the bias, index
 * 0. The metric is LDLᵀ with L_j0 = F_0j/F_00 and D = diag(F_00, F_jj − F_0j²/F_00), damping added to the block first, so
 *
 *   Δw_j = (∇_jL − ∇_0L F_0j/F_00)/(F_jj − F_0j²/F_00),   Δb = ∇_0L/F_00 − Σ_j Δw_j F_0j/F_00.
 *
 * Without biases it is the diagonal rule.
 */
export function quasiDiagonal(): DescentRule {
  return {
    name: 'quasi-diagonal',
    direction: (engine, at, residual, options) => {
      if (at.network.layers[0]!.biases === undefined) return diagonal().direction(engine, at, residual, options);
      return engine.scope(() => {
        const gradient = lossGradient(engine, at, residual);
        const layers = at.signals.map((_, index) =>
          engine.scope(() => layerUpdate(engine, at, index + 1, { gradient, damping: options.damping })),
        );
        return { layers, statistics: { method: 'none', dropped: 0, cutoff: 0 } };
      });
    },
  };
}

/**
 * F_0j = σ_b σ_w/√M_{l−1} Σ_n s_i h_j/N is linear in h as the gradient is, so ∇_jL − ∇_0L F_0j/F_00 is one product with h, and
 * F_0j/√F_00 another.
 */
function layerUpdate(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { gradient, damping }: { readonly gradient: Tensor; readonly damping: number },
): LayerUpdate {
  const squares = squaredSignals(engine, at, l);
  const fisher = fisherDiagonal(engine, at, l, { squares, damping });
  const signals = weightedSignals(engine, at, l, gradient);
  const slope = biasSlope(engine, at, l, signals);
  const ownMove = quotient(engine, slope, fisher.biases, { damping });

  const perBias = engine.binary('multiply', at.network.layers[l - 1]!.biasGain / at.samples, squares);
  const reduced = engine.binary('subtract', signals, engine.binary('multiply', perBias, ownMove));
  const root = engine.unary('sqrt', fisher.biases);
  const coupled = weightSlope(engine, at, l, quotient(engine, perBias, root, { damping }));
  engine.accumulate(fisher.weights, engine.unary('square', coupled), -1);
  const weights = quotient(engine, weightSlope(engine, at, l, reduced), fisher.weights, { damping });

  const alongRow = engine.reduce('sum', engine.binary('multiply', coupled, weights), { axis: 1 });
  const correction = quotient(engine, engine.reshape(alongRow, root.shape), root, { damping });
  return { kind: 'dense', weights, biases: engine.binary('subtract', ownMove, correction) };
}
