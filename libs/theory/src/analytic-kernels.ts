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

/** Scalar kernels of layer l as functions of the cosine of two unit-norm inputs. */
export interface LayerDual {
  /** σ_w² A_{l−1} + σ_b² */
  readonly inputs: number;
  /** B_l */
  readonly signals: number;
}

/**
 * Kernels of an infinitely wide network on unit-norm inputs, where every entry is a function of the cosine κ = x′ᵀx alone
 * (Karakida & Osawa 2020, appendix E, with C = 1: for more outputs the kernels are I_C ⊗ these):
 *
 *   A_0 = κ/M_0,  ρ_l = (σ_w² A_{l−1} + σ_b²)/q_l,  A_l = A(ρ_l; q_l),  B_L = 1,  B_l = σ_w² Ξ(ρ_l; q_l) B_{l+1}.
 */
export function layerDuals(architecture: Architecture): (cosine: number) => LayerDual[] {
  const { widths, activation, weightVariance, biasVariance } = architecture;
  const { variances } = signalPropagation(architecture);
  const duals = variances.map((q) => dualActivation(activation, q));
  return (cosine) => {
    const inputs = [(weightVariance * cosine) / widths[0]! + biasVariance];
    const slopes: number[] = [];
    duals.forEach(({ forward, backward }, index) => {
      const rho = Math.min(1, Math.max(-1, inputs[index]! / variances[index]!));
      inputs.push(weightVariance * forward(rho) + biasVariance);
      slopes.push(weightVariance * backward(rho));
    });
    let signals = 1;
    return inputs
      .map((input, index) => ({ input, slope: slopes[index] ?? 1 }))
      .reverse()
      .map(({ input, slope }) => ({ inputs: input, signals: (signals *= slope) }))
      .reverse();
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
    const { inputs, signals } = duals(cosine)[layer - 1]!;
    return (inputs * signals) / trainSamples;
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
  return kernelMatrix(
    engine,
    samples,
    (cosine) => duals(cosine).reduce((sum, { inputs, signals }) => sum + inputs * signals, 0) / trainSamples,
  );
}
