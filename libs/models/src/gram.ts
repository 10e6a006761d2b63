import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Linearisation } from './linearisation.ts';

/** Gram matrix of what enters the weights of layer l [N′, N]: σ_w²/M_{l−1} h_{l−1}(x′) h_{l−1}(x)ᵀ = σ_w² A_{l−1}(x′, x). */
export function weightGram(engine: LinalgEngine, rows: Linearisation, columns: Linearisation, l: number): Tensor {
  const scale = columns.network.layers[l - 1]!.weightGain ** 2;
  return engine.matmul(rows.activations[l - 1]!, columns.activations[l - 1]!, { transposeB: true, scale });
}

/** The same with the bias input: σ_w² A_{l−1}(x′, x) + σ_b² [N′, N] (Karakida & Osawa 2020, S.66). */
export function inputGram(engine: LinalgEngine, rows: Linearisation, columns: Linearisation, l: number): Tensor {
  return engine.scope(() => {
    const { biasGain } = columns.network.layers[l - 1]!;
    const gram = weightGram(engine, rows, columns, l);
    return biasGain === 0 ? gram : engine.binary('add', gram, biasGain ** 2);
  });
}

/** B_l(x′, x) = δ_l(x′) δ_l(x)ᵀ [N′C, NC] (S.67). */
export function signalGram(engine: LinalgEngine, rows: Linearisation, columns: Linearisation, l: number): Tensor {
  return engine.matmul(rows.signals[l - 1]!, columns.signals[l - 1]!, { transposeB: true });
}

/**
 * Layer kernel Θ_l(x′, x) = ∇_{θ_l}f(x′) ∇_{θ_l}f(x)ᵀ/N = (1/N) B_l ⊙ ((σ_w² A_{l−1} + σ_b²) ⊗ 1_C1_Cᵀ) [N′C, NC], without
 * the Jacobian. N counts the samples of `columns` (the training set), for cross kernels too.
 */
export function layerKernel(engine: LinalgEngine, rows: Linearisation, columns: Linearisation, l: number): Tensor {
  return engine.scope(() => {
    const inputs = inputGram(engine, rows, columns, l);
    const signals = engine.matmul(rows.signals[l - 1]!, columns.signals[l - 1]!, {
      transposeB: true,
      scale: 1 / columns.samples,
    });
    const classes = columns.outputs.shape[1]!;
    if (classes === 1) return engine.binary('multiply', signals, inputs);
    const perColumn = engine.binary('multiply', engine.reshape(inputs, [-1, 1]), engine.full([1, classes], 1));
    const spread = engine.reshape(perColumn, [rows.samples, 1, columns.samples * classes]);
    const blocks = engine.reshape(signals, [rows.samples, classes, columns.samples * classes]);
    return engine.reshape(engine.binary('multiply', blocks, spread), signals.shape);
  });
}

/** Θ_1 … Θ_L. */
export function layerKernels(engine: LinalgEngine, rows: Linearisation, columns: Linearisation): Tensor[] {
  return columns.network.layers.map((_, index) => layerKernel(engine, rows, columns, index + 1));
}

/** Empirical NTK Θ(x′, x) = J(x′)J(x)ᵀ/N = Σ_l Θ_l(x′, x) [N′C, NC] (eq. 6). */
export function empiricalNtk(engine: LinalgEngine, rows: Linearisation, columns: Linearisation): Tensor {
  return engine.scope(() =>
    layerKernels(engine, rows, columns).reduce((sum, kernel) => engine.binary('add', sum, kernel)),
  );
}
