import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from './linearisation.ts';
import type { Network } from './network.ts';

/** What one layer's parameters move by, before the learning rate. */
export type LayerUpdate =
  | {
      /** ΔW_l = σ_w/√M_{l−1} signalsᵀ inputs and Δb_l = σ_b signalsᵀ biasInputs: rank N, never written out. */
      readonly kind: 'outer';
      /** [N, M_l] */
      readonly signals: Tensor;
      /** [N, M_{l−1}] */
      readonly inputs: Tensor;
      /** [N, 1]; unread where the network has no biases. */
      readonly biasInputs: Tensor;
    }
  | {
      readonly kind: 'dense';
      /** ΔW_l [M_l, M_{l−1}] */
      readonly weights: Tensor;
      /** Δb_l [1, M_l]; undefined where the network has no biases. */
      readonly biases: Tensor | undefined;
    };

/** Eigenvalue signs of a symmetric matrix. */
export interface Inertia {
  readonly negative: number;
  readonly zero: number;
  readonly positive: number;
}

/** What the solves of one direction did. Over several systems: the least favourable one. */
export interface SolveStatistics {
  /** `none`: nothing was inverted. */
  readonly method: 'none' | 'cholesky' | 'qr' | 'conjugate-gradients' | 'eigendecomposition';
  /** Directions that were dropped because their eigenvalue was at or below the cutoff. */
  readonly dropped: number;
  /** Absolute eigenvalue at or below which a direction counts as null; 0 where none was tested. */
  readonly cutoff: number;
  /**
   * 2-norm condition number of the damped systems, over what was kept; of large ones an estimate from below (see
   * `solvePositive`). Only where it was asked for, or where it cost nothing.
   */
  readonly condition?: number;
  /** Of the undamped metric in its dual form, where it can be indefinite, before directions are dropped. */
  readonly inertia?: Inertia;
  /** min_i |λ_i + ρ| over what was kept: how far the damping is from making that metric singular. As the condition number. */
  readonly poleDistance?: number;
}

export interface Direction {
  /** Δθ per layer: θ ← θ − η Δθ. */
  readonly layers: readonly LayerUpdate[];
  readonly statistics: SolveStatistics;
}

export interface DirectionOptions {
  /** ρ ≥ 0, absolute; 0 is the limit ρ → 0⁺. */
  readonly damping: number;
  /** Spend what it takes to report condition numbers. Default false. */
  readonly measureCondition?: boolean;
}

/** A rule of steepest descent in some metric G: Δθ = G⁻¹ ∇_θ L for L = ‖f − y‖²/(2N). */
export interface DescentRule {
  readonly name: string;
  /** `residual` is f − y [N, C]. Throws where the rule is not defined for the network (`UnsupportedNetworkError`). */
  direction(engine: LinalgEngine, at: Linearisation, residual: Tensor, options: DirectionOptions): Direction;
}

/** A rule was asked for a network outside the conditions under which it is defined. */
export class UnsupportedNetworkError extends Error {
  override readonly name = 'UnsupportedNetworkError';
}

/** The N × M_l signals Σ_k v_{nk} δ_l^{(k)}(x_n) that a dual vector v [NC, 1] puts on layer l, so that ∇_{θ_l}fᵀ v is outer. */
export function weightedSignals(engine: LinalgEngine, at: Linearisation, l: number, v: Tensor): Tensor {
  return engine.scope(() => {
    const signals = at.signals[l - 1]!;
    const [rows, width] = signals.shape as readonly [number, number];
    if (rows === at.samples) return engine.binary('multiply', signals, v);
    const perSample = [at.samples, -1, width] as const;
    const weights = engine.reshape(v, [at.samples, 1, -1]);
    return engine.reshape(engine.matmul(weights, engine.reshape(signals, perSample)), [at.samples, width]);
  });
}

/** θ ← θ − learningRate Δθ, in place. */
export function applyDirection(
  engine: LinalgEngine,
  network: Network,
  direction: Direction,
  learningRate: number,
): void {
  direction.layers.forEach((update, index) => {
    const layer = network.layers[index]!;
    const { weights, biases } = layer;
    switch (update.kind) {
      case 'outer': {
        const { signals, inputs, biasInputs } = update;
        const { weightGain, biasGain } = layer;
        engine.matmulAccumulate(weights, signals, inputs, { transposeA: true, scale: -learningRate * weightGain });
        if (biases !== undefined)
          engine.matmulAccumulate(biases, biasInputs, signals, { transposeA: true, scale: -learningRate * biasGain });
        break;
      }
      case 'dense':
        engine.accumulate(weights, update.weights, -learningRate);
        if (biases !== undefined && update.biases !== undefined)
          engine.accumulate(biases, update.biases, -learningRate);
        break;
    }
  });
}
