import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Architecture } from '@natsweep/models';
import { dualActivation } from './dual-activation.ts';
import { signalPropagation } from './signal-propagation.ts';

/** Rows of the Gram matrix that are transformed at once. */
const blockRows = 256;

/** Unit-norm samples [N, M_0]. */
export interface KernelSamples {
  readonly rows: Tensor;
  readonly columns: Tensor;
  /** Whether both are the same samples, so that the diagonal has correlation exactly 1. */
  readonly same: boolean;
}

/** Scalar kernels per layer; index l − 1. */
export interface LayerDuals {
  /** σ_w² A_{l−1} + σ_b² */
  readonly inputs: Float64Array;
  /** B_l */
  readonly signals: Float64Array;
}

/**
 * Kernels of an infinitely wide network on unit-norm inputs, where every entry is a function of the cosine κ = x′ᵀx alone
 * (Karakida & Osawa 2020, appendix E, with C = 1: for more outputs the kernels are I_C ⊗ these):
 *
 *   A_0 = κ/M_0,  ρ_l = (σ_w² A_{l−1} + σ_b²)/q_l,  A_l = A(ρ_l; q_l),  B_L = 1,  B_l = σ_w² Ξ(ρ_l; q_l) B_{l+1}.
 *
 * The function overwrites what it returned before: one evaluation per pair of samples must not allocate.
 */
export function layerDuals(architecture: Architecture): (cosine: number) => LayerDuals {
  const { widths, activation, weightVariance, biasVariance } = architecture;
  const { variances } = signalPropagation(architecture);
  const duals = variances.map((q) => dualActivation(activation, q));
  const depth = widths.length - 1;
  const inputs = new Float64Array(depth);
  const signals = new Float64Array(depth);
  return (cosine) => {
    inputs[0] = (weightVariance * cosine) / widths[0]! + biasVariance;
    for (let l = 1; l < depth; l++) {
      const rho = Math.min(1, Math.max(-1, inputs[l - 1]! / variances[l - 1]!));
      inputs[l] = weightVariance * duals[l - 1]!.forward(rho) + biasVariance;
      signals[l - 1] = weightVariance * duals[l - 1]!.backward(rho);
    }
    signals[depth - 1] = 1;
    for (let l = depth - 2; l >= 0; l--) signals[l] = signals[l]! * signals[l + 1]!;
    return { inputs, signals };
  };
}

/**
 * `entry(κ)` for all pairs of unit-norm samples [N′, N], a block of rows at a time: beside the result it needs memory for
 * one block. |κ| is clipped to 1 against rounding.
 */
export function kernelMatrix(
  engine: LinalgEngine,
  { rows, columns, same }: KernelSamples,
  entry: (cosine: number) => number,
): Tensor {
  const [height, width] = [rows.shape[0]!, columns.shape[0]!];
  const values = new Float64Array(height * width);
  for (let start = 0; start < height; start += blockRows) {
    const end = Math.min(height, start + blockRows);
    const cosines = engine.scope(() =>
      engine.read(engine.matmul(engine.slice(rows, [[start, end]]), columns, { transposeB: true })),
    );
    for (let i = 0; i < cosines.length; i++) {
      const diagonal = same && start + Math.floor(i / width) === i % width;
      values[start * width + i] = entry(diagonal ? 1 : Math.min(1, Math.max(-1, cosines[i]!)));
    }
  }
  return engine.tensor(values, [height, width]);
}

/** Θ_l(x′, x) = B_l (σ_w² A_{l−1} + σ_b²)/N for training sets of N samples (S.68 with its 1/N). */
export function analyticLayerKernel(
  engine: LinalgEngine,
  architecture: Architecture,
  samples: KernelSamples,
  { layer, trainSamples }: { readonly layer: number; readonly trainSamples: number },
): Tensor {
  const duals = layerDuals(architecture);
  return kernelMatrix(engine, samples, (cosine) => {
    const { inputs, signals } = duals(cosine);
    return (inputs[layer - 1]! * signals[layer - 1]!) / trainSamples;
  });
}

/** Θ(x′, x) = Σ_l Θ_l(x′, x) (S.170). */
export function analyticNtk(
  engine: LinalgEngine,
  architecture: Architecture,
  samples: KernelSamples,
  { trainSamples }: { readonly trainSamples: number },
): Tensor {
  const duals = layerDuals(architecture);
  return kernelMatrix(engine, samples, (cosine) => {
    const { inputs, signals } = duals(cosine);
    return inputs.reduce((sum, input, index) => sum + input * signals[index]!, 0) / trainSamples;
  });
}
