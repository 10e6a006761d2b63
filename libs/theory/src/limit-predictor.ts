import type { LinalgEngine, Tensor } from '@natsweep/linalg';
import { solvePositive } from '@natsweep/models';
import type { Architecture, SolveStatistics } from '@natsweep/models';
import { analyticLayerKernel, analyticNtk, kernelMatrix, layerDuals } from './analytic-kernels.ts';
import type { KernelSamples } from './analytic-kernels.ts';

export type PredictingApproximation = 'exact' | 'block-diagonal' | 'block-tridiagonal' | 'kfac';

export interface PredictionInputs {
  /** Unit-norm training inputs [N, M_0]. */
  readonly train: Tensor;
  /** Unit-norm test inputs [N′, M_0]. */
  readonly test: Tensor;
  /** y − f_0(x) [N, C] */
  readonly residual: Tensor;
  /** c = Σ⁻¹1_L of a regular Σ, read for block-tridiagonal. */
  readonly response: readonly number[];
  /** Spend what `solvePositive` needs to report condition numbers. Default false. */
  readonly measureCondition?: boolean;
}

export interface Prediction {
  /** f_∞(x′) − f_0(x′) [N′, C] */
  readonly correction: Tensor;
  /** What each kernel solve did. */
  readonly solves: readonly SolveStatistics[];
}

/**
 * What natural gradient descent adds to the outputs at x′ by the end of training, at infinite width and damping 0:
 * Θ̄(x′, x) Θ̄(x, x)⁻¹ (y − f_0) (Karakida & Osawa 2020, eq. 10, 14, 16, 21):
 *
 * - exact: Θ(x′, x) Θ⁻¹;
 * - block-diagonal, block-tridiagonal: Σ_l c_l Θ_l(x′, x) Θ_l⁻¹/Σ_l c_l with c = 1 and Σ⁻¹1;
 * - kfac, one output: Θ̄/N = Σ_l (B_l(x′, x)B_l⁻¹) ⊙ (Ã_{l−1}(x′, x)Ã_{l−1}⁻¹), B_L of ones. Where the inputs have fewer
 *   dimensions than samples, the pseudo-inverse of Ã_0 gives S.108 and Θ̄(x, x) is diagonal, not isotropic (S.109).
 *
 * The kernels are I_C ⊗ [N, N]: each is factorised once for all C outputs.
 */
export function limitPrediction(
  engine: LinalgEngine,
  architecture: Architecture,
  approximation: PredictingApproximation,
  inputs: PredictionInputs,
): Prediction {
  return engine.scope(() => {
    switch (approximation) {
      case 'exact':
        return exactPrediction(engine, architecture, inputs);
      case 'block-diagonal':
        return layerPrediction(engine, architecture, {
          ...inputs,
          response: architecture.widths.slice(1).map(() => 1),
        });
      case 'block-tridiagonal':
        return layerPrediction(engine, architecture, inputs);
      case 'kfac':
        return kfacPrediction(engine, architecture, inputs);
    }
  });
}

const solveOptions = ({ measureCondition = false }: PredictionInputs) => ({ damping: 0, measureCondition });

const pairs = ({ train, test }: PredictionInputs): { own: KernelSamples; cross: KernelSamples } => ({
  own: { rows: train, columns: train, same: true },
  cross: { rows: test, columns: train, same: false },
});

function exactPrediction(engine: LinalgEngine, architecture: Architecture, inputs: PredictionInputs): Prediction {
  const { own, cross } = pairs(inputs);
  const trainSamples = inputs.train.shape[0]!;
  const { solution, statistics } = solvePositive(
    engine,
    analyticNtk(engine, architecture, own, { trainSamples }),
    inputs.residual,
    solveOptions(inputs),
  );
  return {
    correction: engine.matmul(analyticNtk(engine, architecture, cross, { trainSamples }), solution),
    solves: [statistics],
  };
}

function layerPrediction(engine: LinalgEngine, architecture: Architecture, inputs: PredictionInputs): Prediction {
  const { own, cross } = pairs(inputs);
  const trainSamples = inputs.train.shape[0]!;
  const alpha = inputs.response.reduce((sum, value) => sum + value, 0);
  const solves: SolveStatistics[] = [];
  const parts = inputs.response.flatMap((weight, index) => {
    if (weight === 0) return [];
    const options = { layer: index + 1, trainSamples };
    return [
      engine.scope(() => {
        const kernel = analyticLayerKernel(engine, architecture, own, options);
        const { solution, statistics } = solvePositive(engine, kernel, inputs.residual, solveOptions(inputs));
        solves.push(statistics);
        const predicted = engine.matmul(analyticLayerKernel(engine, architecture, cross, options), solution);
        return engine.binary('multiply', weight / alpha, predicted);
      }),
    ];
  });
  return { correction: parts.reduce((sum, part) => engine.binary('add', sum, part)), solves };
}

function kfacPrediction(engine: LinalgEngine, architecture: Architecture, inputs: PredictionInputs): Prediction {
  const { own, cross } = pairs(inputs);
  const depth = architecture.widths.length - 1;
  const duals = layerDuals(architecture);
  const solves: SolveStatistics[] = [];
  const kernel = (samples: KernelSamples, factor: 'inputs' | 'signals', l: number) =>
    kernelMatrix(engine, samples, (cosines) => duals(cosines)[factor][l - 1]!);
  /** K(x′, x)K⁺ and the diagonal of KK⁺. */
  const whitened = (factor: 'inputs' | 'signals', l: number) =>
    engine.scope(() => {
      const gram = kernel(own, factor, l);
      const [rows, columns] = [kernel(cross, factor, l), gram];
      const rhs = engine.transpose(engine.concat([rows, columns], 0));
      const { solution, statistics } = solvePositive(engine, gram, rhs, solveOptions(inputs));
      solves.push(statistics);
      const split = rows.shape[0]!;
      return {
        cross: engine.transpose(engine.slice(solution, [null, [0, split]])),
        diagonal: engine.diagonal(engine.slice(solution, [null, [split, solution.shape[1]!]])),
      };
    });
  const layers = Array.from({ length: depth }, (_, index) => {
    const inputsPart = whitened('inputs', index + 1);
    if (index + 1 === depth) return inputsPart;
    const signalsPart = whitened('signals', index + 1);
    return {
      cross: engine.binary('multiply', signalsPart.cross, inputsPart.cross),
      diagonal: engine.binary('multiply', signalsPart.diagonal, inputsPart.diagonal),
    };
  });
  const total = (part: 'cross' | 'diagonal') =>
    layers.map((layer) => layer[part]).reduce((a, b) => engine.binary('add', a, b));
  const scaled = engine.binary('divide', inputs.residual, engine.reshape(total('diagonal'), [-1, 1]));
  return { correction: engine.matmul(total('cross'), scaled), solves };
}
