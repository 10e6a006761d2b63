import { createRequire } from 'node:module';
import type highsModule from 'highs';
import type { ModelData } from 'highs';
import { nonNegativeLeastSquares } from './non-negative-least-squares.ts';

// the types that HiGHS ships describe its CommonJS entry
const { default: loadHighs } = createRequire(import.meta.url)('highs') as typeof highsModule;

export interface LargeMargin {
  /** β, scaled so that min_n x̃_nᵀβ = 1. */
  readonly separator: Float64Array;
  /** α ≥ 0 with Σα = 1, the normalised multipliers of x̃_nᵀβ ≥ 1: only data of least margin have one. */
  readonly multipliers: Float64Array;
}

export interface SignedInputs {
  /** X̃, row-major [samples, dimension], rows y_n x_n. */
  readonly values: ArrayLike<number>;
  readonly samples: number;
  readonly dimension: number;
}

/** The data cannot be separated by a hyperplane through the origin, or a cost is unbounded below over those that do. */
export class NoLargeMarginError extends Error {
  override readonly name = 'NoLargeMarginError';
}

/**
 * Large-margin separators min cost(β) subject to X̃β ≥ 1: linear costs by HiGHS, the quadratic one by our own active sets, since
 * HiGHS 1.15 stopped with an error, or not at all, on quadratic programs of 200 variables.
 */
export interface LargeMarginSolver {
  /** min ‖β‖₂: where gradient flow on β ends (Soudry et al. 2017). */
  l2(inputs: SignedInputs): LargeMargin;
  /** min Σ_i weight_i |β_i|, by default ‖β‖₁: where a diagonal network of two layers ends (Gunasekar et al. 2018). */
  l1(inputs: SignedInputs, weights?: ArrayLike<number>): LargeMargin;
  /** min ‖β‖₁ subject to X̃β = 1: the interpolant of the labels of least ℓ1 norm. */
  l1Interpolant(inputs: SignedInputs): LargeMargin;
  /**
   * min cᵀβ. Natural gradient flow with N ≥ D and independent columns is Newton's flow, on which ∇L(t) = e^{−t}∇L(0); its
   * limit direction has c = −∇L(β₀), so it depends on the start.
   */
  linear(inputs: SignedInputs, cost: ArrayLike<number>): LargeMargin;
}

/** Compiles HiGHS on first use; later calls share it. */
export function loadLargeMarginSolver(): Promise<LargeMarginSolver> {
  loaded ??= loadHighs().then(createSolver);
  return loaded;
}

let loaded: Promise<LargeMarginSolver> | undefined;

function createSolver(highs: Awaited<ReturnType<typeof loadHighs>>): LargeMarginSolver {
  const solve = (model: ModelData, inputs: SignedInputs): LargeMargin =>
    highs.withModel(model, (problem) => {
      problem.options.set({ output_flag: false });
      problem.run();
      if (problem.getModelStatus() !== highs.constants.modelStatus.optimal)
        throw new NoLargeMarginError('no large-margin separator: the data are not separable, or the cost is unbounded');
      const { colValue, rowDual } = problem.getSolution();
      const { dimension } = inputs;
      const separator = Float64Array.from({ length: dimension }, (_, i) =>
        colValue.length === dimension ? colValue[i]! : colValue[i]! - colValue[dimension + i]!,
      );
      const total = rowDual.reduce((sum, dual) => sum + Math.max(0, dual), 0);
      return { separator, multipliers: rowDual.map((dual) => Math.max(0, dual) / total) };
    });

  const rows = (inputs: SignedInputs, rowUpper = highs.infinity) => ({
    numRows: inputs.samples,
    rowLower: new Float64Array(inputs.samples).fill(1),
    rowUpper: new Float64Array(inputs.samples).fill(rowUpper),
  });

  const positiveParts = (
    inputs: SignedInputs,
    weights?: ArrayLike<number>,
  ): Omit<ModelData, keyof ReturnType<typeof rows>> => {
    const numCols = 2 * inputs.dimension;
    return {
      numCols,
      colCost: Float64Array.from({ length: numCols }, (_, i) => weights?.[i % inputs.dimension] ?? 1),
      colLower: new Float64Array(numCols),
      colUpper: new Float64Array(numCols).fill(highs.infinity),
      matrix: denseRows(inputs, [1, -1]),
    };
  };

  const free = (inputs: SignedInputs, colCost: Float64Array): ModelData => ({
    ...rows(inputs),
    numCols: inputs.dimension,
    colCost,
    colLower: new Float64Array(inputs.dimension).fill(-highs.infinity),
    colUpper: new Float64Array(inputs.dimension).fill(highs.infinity),
    matrix: denseRows(inputs, [1]),
  });

  return {
    l2: leastNormSeparator,
    l1: (inputs, weights) => solve({ ...rows(inputs), ...positiveParts(inputs, weights) }, inputs),
    l1Interpolant: (inputs) => solve({ ...rows(inputs, 1), ...positiveParts(inputs) }, inputs),
    linear: (inputs, cost) => solve(free(inputs, Float64Array.from(cost)), inputs),
  };
}

/**
 * min ‖β‖₂ subject to X̃β ≥ 1, as Lawson & Hanson 1974 (ch. 23) reduce it to non-negative least squares: with α minimising
 * ‖X̃ᵀα‖² + (1ᵀα − 1)², β = X̃ᵀα / (1 − 1ᵀα). At data that no hyperplane separates the minimum is 0.
 */
function leastNormSeparator(inputs: SignedInputs): LargeMargin {
  const { samples, dimension } = inputs;
  const values = Float64Array.from(inputs.values);
  const row = (n: number) => values.subarray(n * dimension, (n + 1) * dimension);
  const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const size = Math.max(...Array.from({ length: samples }, (_, n) => dot(row(n), row(n))));
  const gram = new Float64Array(samples * samples);
  for (let n = 0; n < samples; n++)
    for (let m = 0; m <= n; m++) gram[n * samples + m] = gram[m * samples + n] = dot(row(n), row(m)) / size + 1;
  const alpha = nonNegativeLeastSquares(gram, samples);
  const total = alpha.reduce((sum, value) => sum + value, 0);
  const direction = new Float64Array(dimension);
  alpha.forEach((weight, n) => {
    if (weight > 0) row(n).forEach((value, i) => (direction[i]! += weight * value));
  });
  const smallest = Array.from({ length: samples }, (_, n) => dot(row(n), direction)).reduce((a, b) => Math.min(a, b));
  if (!(smallest > 0)) throw new NoLargeMarginError('no large-margin separator: the data are not separable');
  return { separator: direction.map((value) => value / smallest), multipliers: alpha.map((value) => value / total) };
}

/** Row-wise compressed [sign_1 X̃, sign_2 X̃, …], without its zeros. */
function denseRows(inputs: SignedInputs, signs: readonly number[]): ModelData['matrix'] {
  const { values, samples, dimension } = inputs;
  const starts = new Int32Array(samples + 1);
  const indices: number[] = [];
  const entries: number[] = [];
  for (let n = 0; n < samples; n++) {
    signs.forEach((sign, block) => {
      for (let d = 0; d < dimension; d++) {
        const value = values[n * dimension + d]!;
        if (value === 0) continue;
        indices.push(block * dimension + d);
        entries.push(sign * value);
      }
    });
    starts[n + 1] = indices.length;
  }
  return {
    format: 'csr',
    numRows: samples,
    numCols: signs.length * dimension,
    starts,
    indices: Int32Array.from(indices),
    values: Float64Array.from(entries),
  };
}
