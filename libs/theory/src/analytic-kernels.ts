import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import type { Architecture } from '@natsweep/models';
import { dualActivation } from './dual-activation.ts';
import type { DualActivation } from './dual-activation.ts';
import { signalPropagation } from './signal-propagation.ts';

/** Rows of the Gram matrix that are made at once. */
const blockRows = 256;

/** Unit-norm samples [N, M_0]. */
export interface KernelSamples {
  readonly rows: Tensor;
  readonly columns: Tensor;
  /** Whether both are the same samples, so that the diagonal has correlation exactly 1. */
  readonly same: boolean;
}

/** Scalar kernels per layer, index l − 1, each at the same pairs of samples. */
export interface LayerDuals {
  /** σ_w² A_{l−1} + σ_b² */
  readonly inputs: readonly Float64Array[];
  /** B_l */
  readonly signals: readonly Float64Array[];
}

/**
 * Kernels of an infinitely wide network on unit-norm inputs, where every entry is a function of the cosine κ = x′ᵀx alone
 * (Karakida & Osawa 2020, appendix E, with C = 1: for more outputs the kernels are I_C ⊗ these):
 *
 *   A_0 = κ/M_0,  ρ_l = (σ_w² A_{l−1} + σ_b²)/q_l,  A_l = A(ρ_l; q_l),  B_L = 1,  B_l = σ_w² Ξ(ρ_l; q_l) B_{l+1}.
 *
 * The function takes many cosines at once and overwrites what it returned before: millions of pairs must not allocate.
 */
export function layerDuals(architecture: Architecture): (cosines: Float64Array) => LayerDuals {
  const { widths, activation, weightVariance, biasVariance } = architecture;
  const { variances } = signalPropagation(architecture);
  const duals = variances.map((q) => dualActivation(activation, q));
  const depth = widths.length - 1;
  const ofInputs = { slope: weightVariance / widths[0]!, offset: biasVariance };
  const own = ownVariances(duals, ofInputs.slope + ofInputs.offset, architecture);
  const perLayer = (pairs: number) => Array.from({ length: depth }, () => new Float64Array(pairs));
  let rho = new Float64Array(0);
  let inputs = perLayer(0);
  let signals = perLayer(0);
  return (cosines) => {
    const pairs = cosines.length;
    if (pairs !== rho.length) [rho, inputs, signals] = [new Float64Array(pairs), perLayer(pairs), perLayer(pairs)];
    affine(inputs[0]!, cosines, ofInputs);
    duals.forEach((dual, l) => {
      const [next, slopes] = [inputs[l + 1]!, signals[l]!];
      correlations(rho, inputs[l]!, own[l]!);
      dual(rho, { forward: next, backward: slopes });
      affine(next, next, { slope: weightVariance, offset: biasVariance });
      affine(slopes, slopes, { slope: weightVariance, offset: 0 });
    });
    signals[depth - 1]!.fill(1);
    for (let l = depth - 2; l >= 0; l--) multiply(signals[l]!, signals[l + 1]!);
    return { inputs, signals };
  };
}

/**
 * q_l as the recursion of `layerDuals` makes it of κ = 1. Another formula for q_l may round to a neighbour, and ρ_l of a sample with
 * itself to 1 − ε, of which the arc cosine in Ξ makes √ε.
 */
function ownVariances(
  duals: readonly DualActivation[],
  first: number,
  { weightVariance, biasVariance }: Architecture,
): readonly number[] {
  const [forward, backward] = [new Float64Array(1), new Float64Array(1)];
  return duals.reduce(
    (own, dual) => {
      dual(Float64Array.of(1), { forward, backward });
      return [...own, weightVariance * forward[0]! + biasVariance];
    },
    [first],
  );
}

/** out ← slope a + offset */
function affine(out: Float64Array, a: Float64Array, { slope, offset }: { slope: number; offset: number }): void {
  for (let i = 0; i < out.length; i++) out[i] = slope * a[i]! + offset;
}

/** out ← out ⊙ a */
function multiply(out: Float64Array, a: Float64Array): void {
  for (let i = 0; i < out.length; i++) out[i]! *= a[i]!;
}

/** out ← covariances/variance, with ±1 for what rounding puts beyond. Divided, so that equal numbers give exactly 1. */
function correlations(out: Float64Array, covariances: Float64Array, variance: number): void {
  for (let i = 0; i < out.length; i++) out[i] = Math.min(1, Math.max(-1, covariances[i]! / variance));
}

/**
 * The kernel [N′, N] whose entries are a function of the cosines of unit-norm samples; `entries` is called with the cosines of
 * one row, and its result is copied. Where both are the same samples only one triangle is computed, and the other is its
 * mirror image. Beside the result it needs memory for the cosines of some hundred rows.
 */
export function kernelMatrix(
  engine: LinalgEngine,
  { rows, columns, same }: KernelSamples,
  entries: (cosines: Float64Array) => Float64Array,
): Tensor {
  const [height, width] = [rows.shape[0]!, columns.shape[0]!];
  const values = new Float64Array(height * width);
  for (let start = 0; start < height; start += blockRows) {
    const end = Math.min(height, start + blockRows);
    const first = same ? start : 0;
    const length = width - first;
    const cosines = engine.scope(() => {
      const [left, right] = [engine.slice(rows, [[start, end]]), engine.slice(columns, [[first, width]])];
      return engine.read(engine.matmul(left, right, { transposeB: true }));
    });
    correlations(cosines, cosines, 1);
    for (let i = start; i < end; i++) {
      const row = cosines.subarray((i - start) * length, (i - start + 1) * length);
      if (same) row[i - first] = 1;
      values.set(entries(row), i * width + first);
    }
  }
  if (same) mirror(values, width);
  return engine.adopt(values, [height, width]);
}

/** Copies the upper triangle of [n, n] to the lower one, in tiles that fit the cache. */
function mirror(values: Float64Array, n: number): void {
  const tile = 32;
  for (let i0 = 0; i0 < n; i0 += tile)
    for (let j0 = 0; j0 <= i0; j0 += tile)
      for (let i = i0; i < Math.min(n, i0 + tile); i++)
        for (let j = j0; j < Math.min(i, j0 + tile); j++) values[i * n + j] = values[j * n + i]!;
}

/** Θ_l(x′, x) = B_l (σ_w² A_{l−1} + σ_b²)/N for training sets of N samples (S.68 with its 1/N). */
export function analyticLayerKernel(
  engine: LinalgEngine,
  architecture: Architecture,
  samples: KernelSamples,
  { layer, trainSamples }: { readonly layer: number; readonly trainSamples: number },
): Tensor {
  const duals = layerDuals(architecture);
  return kernelMatrix(engine, samples, (cosines) => {
    const { inputs, signals } = duals(cosines);
    return weightedSum([inputs[layer - 1]!], [signals[layer - 1]!], 1 / trainSamples);
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
  return kernelMatrix(engine, samples, (cosines) => {
    const { inputs, signals } = duals(cosines);
    return weightedSum(inputs, signals, 1 / trainSamples);
  });
}

/** scale Σ_l a_l ⊙ b_l, in the memory of a_1. */
function weightedSum(a: readonly Float64Array[], b: readonly Float64Array[], scale: number): Float64Array {
  const [sum, ...rest] = a as readonly [Float64Array, ...Float64Array[]];
  multiply(sum, b[0]!);
  rest.forEach((layer, index) => {
    const factor = b[index + 1]!;
    for (let i = 0; i < sum.length; i++) sum[i]! += layer[i]! * factor[i]!;
  });
  affine(sum, sum, { slope: scale, offset: 0 });
  return sum;
}
