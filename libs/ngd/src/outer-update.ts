import { weightedSignals } from '@natsweep/models';
import type { Linearisation, LayerUpdate } from '@natsweep/models';
import type { LinalgEngine, Tensor } from '@natsweep/linalg';

export type OuterUpdate = Extract<LayerUpdate, { kind: 'outer' }>;

/** The update of layer l whose signals [N, M_l] meet what enters the layer: h_{l−1}, and 1 for the bias. */
export function outerUpdate(engine: LinalgEngine, at: Linearisation, l: number, signals: Tensor): OuterUpdate {
  return { kind: 'outer', signals, inputs: at.activations[l - 1]!, biasInputs: engine.full([at.samples, 1], 1) };
}

/** The update Δθ_l = ∇_{θ_l}fᵀ v of a dual vector v [NC, 1]. */
export function pulledBack(engine: LinalgEngine, at: Linearisation, l: number, v: Tensor): OuterUpdate {
  return outerUpdate(engine, at, l, weightedSignals(engine, at, l, v));
}

/** g/N as a column [NC, 1], from the residual f − y [N, C]. */
export function lossGradient(engine: LinalgEngine, at: Linearisation, residual: Tensor): Tensor {
  return engine.scope(() => engine.binary('multiply', 1 / at.samples, engine.reshape(residual, [-1, 1])));
}
