import type { LinalgEngine, Precision, Tensor } from '@natsweep/linalg';
import type { Dataset, Split } from './dataset.ts';
import { DatasetError } from './dataset.ts';

export interface Forster {
  /** Both splits under the transformation of the training inputs, samples of unit norm. */
  readonly dataset: Dataset;
  readonly iterations: number;
  /** max_n |leverage_n N/M_0 − 1| of the training inputs afterwards. */
  readonly residual: number;
}

/** Of the leverage scores, relative; rounding alone leaves a few N ε. */
const tolerances: Readonly<Record<Precision, number>> = { float64: 1e-9, float32: 1e-5 };
/** Share of the largest eigenvalue of ZᵀZ from which on one is told from 0; rounding alone leaves a few M_0 ε. */
const smallestEigenvalues: Readonly<Record<Precision, number>> = { float64: 1e-12, float32: 5e-4 };
const maximumIterations = 2000;

/**
 * Forster transformation (Forster 2002; Karakida & Osawa 2020, B.3.1): the linear map T for which the rows x_nT/‖x_nT‖ of the
 * training inputs satisfy ZᵀZ = (N/M_0) I, equivalently leverage scores M_0/N each. By the fixed point
 * T ← T (M_0/N ZᵀZ)^{−1/2}. The *training* transformation is applied to the test inputs too.
 *
 * Throws DatasetError where none can be found: N < M_0, inputs that do not span, or no convergence, as happens when some
 * k-dimensional subspace holds more than kN/M_0 samples.
 */
export function forsterTransform(engine: LinalgEngine, dataset: Dataset): Forster {
  const { train, test, inputDimension } = dataset;
  if (train.samples < inputDimension)
    throw new DatasetError(
      `the Forster transformation needs N ≥ M_0; here N = ${train.samples} and M_0 = ${inputDimension}`,
    );
  const tolerance = tolerances[engine.info().precision];
  return engine.scope(() => {
    const raw = engine.tensor(train.inputs, [train.samples, inputDimension]);
    const moved = (inputs: Tensor, map: Tensor) => unitRows(engine, engine.matmul(inputs, map));
    let map = engine.eye(inputDimension);
    let iterations = 0;
    let residual = Infinity;
    for (; iterations < maximumIterations; iterations++) {
      const z = moved(raw, map);
      const { inverseRoot, leverage } = whitening(engine, z);
      residual = Math.max(...leverage.map((value) => Math.abs((value * train.samples) / inputDimension - 1)));
      if (residual <= tolerance) break;
      map = engine.matmul(map, inverseRoot);
    }
    if (residual > tolerance)
      throw new DatasetError(
        `the Forster transformation did not converge in ${maximumIterations} iterations (leverage off by ${residual.toPrecision(2)})`,
      );
    const transformed = (split: Split): Split => ({
      ...split,
      inputs: engine.read(moved(engine.tensor(split.inputs, [split.samples, inputDimension]), map)),
    });
    return { dataset: { ...dataset, train: transformed(train), test: transformed(test) }, iterations, residual };
  });
}

/** (M_0/N ZᵀZ)^{−1/2} and the leverage scores diag Z(ZᵀZ)⁻¹Zᵀ. */
function whitening(engine: LinalgEngine, z: Tensor): { inverseRoot: Tensor; leverage: Float64Array } {
  const [samples, dimension] = z.shape as readonly [number, number];
  const gram = engine.matmul(z, z, { transposeA: true });
  const { values, vectors } = engine.eigh(engine.binary('multiply', dimension / samples, gram));
  const eigenvalues = engine.read(values);
  if (!(eigenvalues[0]! > smallestEigenvalues[engine.info().precision] * eigenvalues.at(-1)!))
    throw new DatasetError('the Forster transformation needs inputs that span all M_0 dimensions');
  const roots = engine.tensor(
    eigenvalues.map((value) => 1 / Math.sqrt(value)),
    [1, dimension],
  );
  const whitened = engine.binary('multiply', engine.matmul(z, vectors), roots);
  const norms = engine.reduce('sum', engine.unary('square', whitened), { axis: 1 });
  return {
    inverseRoot: engine.matmul(engine.binary('multiply', vectors, roots), vectors, { transposeB: true }),
    leverage: engine.read(norms).map((value) => (value * dimension) / samples),
  };
}

function unitRows(engine: LinalgEngine, rows: Tensor): Tensor {
  const norms = engine.unary('sqrt', engine.reduce('sum', engine.unary('square', rows), { axis: 1, keepDims: true }));
  return engine.binary('divide', rows, norms);
}
