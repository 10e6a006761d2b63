import { sparseClassification } from '@natsweep/datasets';
import { curvatureStep, type CurvatureState } from '@natsweep/egd';
import { RandomStream, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import { logisticNaturalGradient, prepareLogisticInputs } from '@natsweep/ngd';
import { leastSquaresInterpolant, loadLargeMarginSolver } from '@natsweep/theory';

export interface TransformOptions {
  readonly seed: number;
  readonly samples: number;
  readonly dimension: number;
  readonly learningRate: number;
  readonly steps: number;
}

/** A task and the same under x → Ax for a Gaussian A. */
interface TransformedTask {
  /** X̃ and X̃Aᵀ, [1, N, D]. */
  readonly signed: readonly [Tensor, Tensor];
  readonly map: Tensor;
}

/**
 * Theorems 1 and 2: natural gradient descent on (X, y) from β₀ and on (XAᵀ, y) from A⁻ᵀβ₀. Returns the largest relative
 * distance along the run, ‖XAᵀβ′ − Xβ‖/‖Xβ‖ for N < D and ‖Aᵀβ′ − β‖/‖β‖ for N ≥ D, and ‖Xβ − XAᵀβ′‖ of unit logits for
 * gradient descent by the curvature rule.
 */
export function invarianceDeviations(engine: LinalgEngine, options: TransformOptions) {
  return engine.scope(() => {
    const task = transformedTask(engine, options);
    const { dimension, seed } = options;
    const start = engine.tensor(new RandomStream(seed, 'weights/layer1').normals(dimension), [1, dimension, 1]);
    const original = { signedInputs: task.signed[0], separator: engine.binary('multiply', start, 0.1) };
    const mapped = {
      signedInputs: task.signed[1],
      separator: engine.reshape(
        engine.solve(engine.transpose(task.map), engine.reshape(original.separator, [dimension, 1])),
        [1, dimension, 1],
      ),
    };
    return {
      deviation: naturalDeviation(engine, { original, mapped, map: task.map }, options),
      egdDeviation: euclideanDeviation(engine, [original, mapped], options.steps),
    };
  });
}

interface Run {
  readonly signedInputs: Tensor;
  readonly separator: Tensor;
}

function naturalDeviation(
  engine: LinalgEngine,
  runs: { readonly original: Run; readonly mapped: Run; readonly map: Tensor },
  { samples, dimension, learningRate, steps }: TransformOptions,
): number {
  const prepared = [runs.original, runs.mapped].map(({ signedInputs }) => prepareLogisticInputs(engine, signedInputs));
  let separators = [runs.original.separator, runs.mapped.separator];
  let worst = 0;
  for (let step = 0; step < steps; step++) {
    separators = separators.map((separator, index) =>
      engine.scope(() => {
        const inputs = prepared[index]!;
        const margins = engine.matmul(inputs.signedInputs, separator);
        const { gradient } = logisticNaturalGradient(engine, inputs, { margins, clip: 30 });
        return engine.binary('subtract', separator, engine.binary('multiply', gradient, learningRate));
      }),
    );
    worst = Math.max(
      worst,
      engine.scope(() => distance(separators)),
    );
  }
  return worst;

  function distance([separator, mappedSeparator]: readonly Tensor[]): number {
    const isWide = samples < dimension;
    const left = isWide ? engine.matmul(runs.original.signedInputs, separator!) : separator!;
    const right = isWide
      ? engine.matmul(runs.mapped.signedInputs, mappedSeparator!)
      : engine.matmul(runs.map, mappedSeparator!, { transposeA: true });
    return relativeDistance(engine.read(right), engine.read(left));
  }
}

function euclideanDeviation(engine: LinalgEngine, runs: readonly Run[], steps: number): number {
  const directions = runs.map(({ signedInputs, separator }) => {
    const samples = signedInputs.shape[1]!;
    let state: CurvatureState = {
      weights: [separator],
      probe: engine.tensor(new RandomStream(0, 'power-iteration').normals(samples), [1, samples, 1]),
    };
    for (let step = 0; step < steps; step++) {
      const before = state;
      state = engine.scope(() => curvatureStep(engine, signedInputs, before));
    }
    const logits = engine.read(engine.matmul(signedInputs, state.weights[0]!));
    const norm = Math.hypot(...logits);
    return logits.map((value) => value / norm);
  });
  return relativeDistance(directions[1]!, directions[0]!);
}

/** App. G: least squares on X and on XAᵀ; the distance of their predictions (N < D) or of Aᵀβ′ and β (N ≥ D). */
export function olsDeviation(engine: LinalgEngine, options: TransformOptions): number {
  return engine.scope(() => {
    const { samples, dimension } = options;
    const task = transformedTask(engine, options);
    const ones = engine.full([samples], 1);
    const [x, mappedX] = task.signed.map((signed) => engine.reshape(signed, [samples, dimension]));
    const solution = (inputs: Tensor) => engine.reshape(leastSquaresInterpolant(engine, inputs, ones), [dimension, 1]);
    const [beta, mappedBeta] = [solution(x!), solution(mappedX!)];
    const isWide = samples < dimension;
    const left = isWide ? engine.matmul(x!, beta) : beta;
    const right = isWide
      ? engine.matmul(mappedX!, mappedBeta)
      : engine.matmul(task.map, mappedBeta, { transposeA: true });
    return relativeDistance(engine.read(right), engine.read(left));
  });
}

/** App. D: X = (2, −3), y = 1 and A = [[1, 2], [−1, 0]], with the solutions that the paper prints. */
export async function marginCounterexample() {
  const solver = await loadLargeMarginSolver();
  const inputs = { values: [2, -3], samples: 1, dimension: 2 };
  const mapped = { values: [2 * 1 - 3 * 2, 2 * -1], samples: 1, dimension: 2 };
  const printed = [0, -1 / 3, -1 / 4, 0];
  const solutions = (norm: 'l1' | 'l2') => [...solver[norm](inputs).separator, ...solver[norm](mapped).separator];
  const [b1, b2, c1, c2] = solutions('l2');
  return {
    deviation: relativeDistance([c1! - c2!, 2 * c1!], [b1!, b2!]),
    printedDistance: relativeDistance(printed, solutions('l2')),
    printedDistanceL1: relativeDistance(printed, solutions('l1')),
  };
}

function transformedTask(engine: LinalgEngine, options: TransformOptions): TransformedTask {
  const { samples, dimension, seed } = options;
  const { inputs, labels } = sparseClassification({ seed, samples, dimension, nonZero: Math.ceil(dimension / 4) });
  const map = engine.tensor(new RandomStream(seed, 'transform').normals(dimension * dimension), [dimension, dimension]);
  const signed = engine.binary(
    'multiply',
    engine.tensor(inputs, [1, samples, dimension]),
    engine.tensor(labels, [1, samples, 1]),
  );
  return { signed: [signed, engine.matmul(signed, map, { transposeB: true })], map };
}

function relativeDistance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  const difference = Array.from(expected, (value, i) => actual[i]! - value);
  return Math.hypot(...difference) / Math.hypot(...Array.from(expected));
}
