import { weightedSignals } from '@natsweep/models';
import type { Linearisation, LayerUpdate } from '@natsweep/models';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';

/** The update Δθ_l = ∇_{θ_l}fᵀ v of a dual vector v [NC, 1]. */
export function pulledBack(engine: LinalgEngine, at: Linearisation, l: number, v: Tensor): LayerUpdate {
  return {
    kind: 'outer',
    signals: weightedSignals(engine, at, l, v),
    inputs: at.activations[l - 1]!,
    biasInputs: engine.full([at.samples, 1], 1),
  };
}

/** g/N as a column [NC, 1], from the residual f − y [N, C]. */
export function lossGradient(engine: LinalgEngine, at: Linearisation, residual: Tensor): Tensor {
  return engine.scope(() => engine.binary('multiply', 1 / at.samples, engine.reshape(residual, [-1, 1])));
}
