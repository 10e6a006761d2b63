import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { weightedSignals } from '@natsweep/models';
import type { DescentRule, LayerUpdate, Linearisation } from '@natsweep/models';
import { diagonal, dividedWhereMoving } from './diagonal.ts';
import { fisherEntries, layerGradient } from './fisher-diagonal.ts';
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
          layerUpdate(engine, at, index + 1, { gradient, damping: options.damping }),
        );
        return { layers, statistics: { method: 'none', dropped: 0, cutoff: 0 } };
      });
    },
  };
}

function layerUpdate(
  engine: LinalgEngine,
  at: Linearisation,
  l: number,
  { gradient, damping }: { readonly gradient: Tensor; readonly damping: number },
): LayerUpdate {
  const fisher = fisherEntries(engine, at, l);
  const slope = layerGradient(engine, at, l, weightedSignals(engine, at, l, gradient));
  const ratio = dividedWhereMoving(engine, fisher.mixed!, engine.binary('add', fisher.biases!, damping), 0);
  const reduced = engine.binary('subtract', fisher.weights, engine.binary('multiply', ratio, fisher.mixed!));
  const numerator = engine.binary('subtract', slope.weights, engine.binary('multiply', ratio, slope.biases));
  const weights = dividedWhereMoving(engine, numerator, reduced, damping);
  const correction = engine.reduce('sum', engine.binary('multiply', ratio, weights), { axis: 1, keepDims: true });
  const own = dividedWhereMoving(engine, slope.biases, fisher.biases!, damping);
  return { kind: 'dense', weights, biases: engine.transpose(engine.binary('subtract', own, correction)) };
}
