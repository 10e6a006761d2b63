import { sparseClassification } from '@natsweep/datasets';
import { NonFiniteError, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import {
  applyDirection,
  createNetwork,
  diagonalProduct,
  freeNetwork,
  linearise,
  naturalMarginStep,
  outputs,
  type DiagonalWeights,
} from '@natsweep/models';
import { diagonalNaturalGradient, exact, prepareLogisticInputs } from '@natsweep/ngd';
import { cosine, leastSquaresInterpolant, loadLargeMarginSolver, naturalFlowMargins } from '@natsweep/theory';
import { drive } from './drive-descent.ts';
import type { TrialResult } from './experiment.ts';

export interface LogitOptions {
  readonly seed: number;
  readonly model: 'diagonal' | 'network';
  readonly depth: number;
  readonly width: number;
  readonly samples: number;
  readonly dimension: number;
  readonly learningRate: number;
  readonly steps: number;
}

/** What a theorem's trial has to report. */
export type Measured = Omit<TrialResult, 'trialId'>;

/** How a trial ended whose decisive quantity is not finite where it diverged. */
export function outcomeOf(stopped: boolean, decisive: number): TrialResult['outcome'] {
  if (!Number.isFinite(decisive)) return 'diverged';
  return stopped ? 'stopped' : 'converged';
}

/** Relative distance from the flow beyond which margins no longer follow it in any sense. */
const DIVERGENCE = 10;

const RECORDED_STEPS = 50;
const CLIP = 30;

/** A classifier under natural gradient descent. */
interface Classifier {
  /** u = y ⊙ s on the training data. */
  margins(): Float64Array;
  step(): void;
  free(): void;
}

/**
 * Theorems 3 and 4: margins of natural gradient descent against those of the flow in closed form at time η · step. Measures
 * the largest relative distance over recorded steps, the spread of the margins at the end, and the mean of both as traces. A run
 * whose margins leave the flow by ten times its size, or are not finite, ends as diverged.
 */
export async function logitRun(engine: LinalgEngine, options: LogitOptions, signal: AbortSignal): Promise<Measured> {
  const classifier =
    options.model === 'diagonal' ? diagonalClassifier(engine, options) : networkClassifier(engine, options);
  const { steps, learningRate } = options;
  try {
    const margins0 = classifier.margins();
    const interval = Math.ceil(steps / RECORDED_STEPS);
    const [meanMargin, meanMarginFlow]: [number[], number[]] = [[], []];
    let deviation = 0;
    let margins = margins0;
    const observe = (step: number): boolean => {
      if (!Number.isFinite(deviation)) return true;
      if (step % interval !== 0 && step !== steps) return false;
      margins = classifier.margins();
      const flow = naturalFlowMargins(margins0, step * learningRate);
      const distance = Math.hypot(...margins.map((u, n) => u - flow[n]!));
      if (distance !== 0) deviation = Math.max(deviation, distance / Math.hypot(...flow));
      if (!(deviation <= DIVERGENCE)) deviation = Infinity;
      meanMargin.push(mean(margins));
      meanMarginFlow.push(mean(flow));
      return !Number.isFinite(deviation);
    };
    const step = () => {
      try {
        classifier.step();
      } catch (error) {
        if (!(error instanceof NonFiniteError)) throw error;
        deviation = Infinity;
      }
    };
    const stopped = await drive({ steps, signal, step, observe });
    const average = mean(margins);
    const variance = mean(margins.map((u) => (u - average) ** 2));
    const logitSpread = average > 0 ? Math.sqrt(variance) / average : Infinity;
    return {
      outcome: outcomeOf(stopped, deviation),
      metrics: { deviation, logitSpread },
      traces: { meanMargin, meanMarginFlow },
    };
  } finally {
    classifier.free();
  }
}

/**
 * The text after Theorem 3: the direction that natural gradient descent by the pseudo-inverse ends at, from w_1 = 0 and equal
 * other layers, as cosines with X⁺y and with the interpolant of least ℓ1 norm.
 */
export async function interpolantCosines(
  engine: LinalgEngine,
  options: LogitOptions,
  signal: AbortSignal,
): Promise<Measured> {
  const solver = await loadLargeMarginSolver();
  const { samples, dimension, steps } = options;
  const { values, signedInputs } = signedTask(engine, options);
  const descent = diagonalDescent(engine, { signedInputs, ...options });
  try {
    const stopped = await drive({ steps, signal, step: () => descent.step(), observe: () => false });
    const [beta, interpolant] = engine.scope(() => {
      const x = engine.reshape(signedInputs, [samples, dimension]);
      const separators = [descent.separator(), leastSquaresInterpolant(engine, x, engine.full([samples], 1))];
      return separators.map((separator) => engine.read(separator)) as [Float64Array, Float64Array];
    });
    const sparse = solver.l1Interpolant({ values, samples, dimension }).separator;
    const metrics = { interpolantCosine: cosine(beta, interpolant), sparseInterpolantCosine: cosine(beta, sparse) };
    return { outcome: outcomeOf(stopped, metrics.interpolantCosine), metrics, traces: {} };
  } finally {
    descent.free();
    engine.free(signedInputs);
  }
}

function signedTask(engine: LinalgEngine, { seed, samples, dimension }: LogitOptions) {
  const task = sparseClassification({ seed, samples, dimension, nonZero: Math.ceil(dimension / 4) });
  const values = task.inputs.map((value, i) => value * task.labels[Math.floor(i / dimension)]!);
  return { ...task, values, signedInputs: engine.tensor(values, [1, samples, dimension]) };
}

function diagonalClassifier(engine: LinalgEngine, options: LogitOptions): Classifier {
  const { signedInputs } = signedTask(engine, options);
  const descent = diagonalDescent(engine, { signedInputs, ...options });
  return {
    margins: () => engine.scope(() => engine.read(engine.matmul(signedInputs, descent.separator()))),
    step: () => descent.step(),
    free: () => {
      descent.free();
      engine.free(signedInputs);
    },
  };
}

/**
 * Joint natural gradient descent of one diagonal network from w_1 = 0 and the other layers equal to (1/√D)^{1/L}. The flow keeps
 * every w_l² − w_1², so that ∂β/∂w_1 never vanishes and the Jacobian keeps its rank, as the theorems ask; from equal layers a
 * β_i that changes its sign would pass a point where it has none.
 */
function diagonalDescent(engine: LinalgEngine, options: LogitOptions & { readonly signedInputs: Tensor }) {
  const { signedInputs, dimension, depth, learningRate } = options;
  const inputs = prepareLogisticInputs(engine, signedInputs);
  const scale = dimension ** (-0.5 / depth);
  let weights: DiagonalWeights = Array.from({ length: depth }, (_, layer) =>
    engine.full([1, dimension, 1], layer === 0 ? 0 : scale),
  );
  return {
    separator: () => diagonalProduct(engine, weights),
    step: () => {
      const moved = engine.scope(() => {
        const { gradients } = diagonalNaturalGradient(engine, inputs, { weights, rule: 'joint', clip: CLIP });
        return weights.map((weight, l) =>
          engine.binary('subtract', weight, engine.binary('multiply', gradients[l]!, learningRate)),
        );
      });
      engine.free(...weights);
      weights = moved;
    },
    free: () => {
      engine.free(...weights);
      if (inputs.gramFactor !== undefined) engine.free(inputs.gramFactor);
    },
  };
}

/**
 * A tanh network: the exact rule moves outputs by its residual to first order, J Δθ = r, so that with
 * r = −y ⊙ (1 + e^{−u}) it makes the natural step of the logistic loss.
 */
function networkClassifier(engine: LinalgEngine, options: LogitOptions): Classifier {
  const { samples, dimension, depth, width, learningRate, seed } = options;
  const task = signedTask(engine, options);
  engine.free(task.signedInputs);
  const inputs = engine.tensor(task.inputs, [samples, dimension]);
  const labels = engine.tensor(task.labels, [samples, 1]);
  const widths = [dimension, ...new Array<number>(depth - 1).fill(width), 1];
  const network = createNetwork(
    engine,
    { widths, activation: { name: 'tanh' }, weightVariance: 1, biasVariance: 0.1 },
    seed,
  );
  const rule = exact();
  return {
    margins: () => engine.scope(() => engine.read(engine.binary('multiply', labels, outputs(engine, network, inputs)))),
    step: () => {
      engine.scope(() => {
        const at = linearise(engine, network, inputs);
        const step = naturalMarginStep(engine, engine.binary('multiply', labels, at.outputs), CLIP);
        const residual = engine.unary('negative', engine.binary('multiply', labels, step));
        const direction = rule.direction(engine, at, residual, { damping: 0, measureCondition: false });
        applyDirection(engine, network, direction, learningRate);
      });
    },
    free: () => {
      freeNetwork(engine, network);
      engine.free(inputs, labels);
    },
  };
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;
