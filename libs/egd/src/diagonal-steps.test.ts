import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream, type Tensor } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { diagonalProduct, type DiagonalWeights } from '@natsweep/models';
import { constantStep } from './constant-step.ts';
import { curvatureStep, type CurvatureState } from './curvature-step.ts';
import { diagonalGradient } from './diagonal-gradient.ts';
import { lineSearchStep, type LineSearchState } from './line-search-step.ts';
import { lossNormalisedStep } from './loss-normalised-step.ts';

const engine = createReferenceEngine();
const [datasets, samples, dimension, columns] = [2, 6, 5, 3];

/** Signed inputs that the first coordinate separates. */
function separable(seed: number): Float64Array {
  const values = new RandomStream(seed, 'inputs').normals(datasets * samples * dimension);
  return values.map((value, i) => (i % dimension === 0 ? 0.5 + Math.abs(value) : value));
}

const signedInputs = engine.tensor(separable(0), [datasets, samples, dimension]);
const rates = (value: number) => engine.full([datasets, 1, columns], value);

function weightsOf(layers: number, scale = 1): DiagonalWeights {
  return Array.from({ length: layers }, (_, l) =>
    engine.tensor(
      new RandomStream(layers, `w${l}`).normals(datasets * dimension * columns).map((w) => scale * w),
      [datasets, dimension, columns],
    ),
  );
}

/** Mean logistic loss of one column of one data set, in plain numbers. */
function lossOf(weights: readonly Float64Array[], at: { dataset: number; column: number }): number {
  const x = engine.read(signedInputs);
  let loss = 0;
  for (let n = 0; n < samples; n++) {
    let margin = 0;
    for (let d = 0; d < dimension; d++) {
      const beta = weights.reduce((p, w) => p * w[(at.dataset * dimension + d) * columns + at.column]!, 1);
      margin += x[(at.dataset * samples + n) * dimension + d]! * beta;
    }
    loss += Math.log1p(Math.exp(-margin)) / samples;
  }
  return loss;
}

test('direction times scale is minus the gradient of the mean loss, by central differences', () => {
  for (const layers of [1, 2, 3]) {
    const weights = weightsOf(layers);
    const values = weights.map((weight) => engine.read(weight));
    const { directions, logScale } = diagonalGradient(engine, signedInputs, weights);
    const scale = engine.read(logScale);
    const h = 1e-6;
    directions.forEach((direction, layer) => {
      const numbers = engine.read(direction);
      for (let dataset = 0; dataset < datasets; dataset++)
        for (let d = 0; d < dimension; d++)
          for (let column = 0; column < columns; column++) {
            const index = (dataset * dimension + d) * columns + column;
            const moved = (by: number) =>
              lossOf(
                values.map((w, l) => (l === layer ? w.map((value, i) => (i === index ? value + by : value)) : w)),
                { dataset, column },
              );
            const expected = -(moved(h) - moved(-h)) / (2 * h);
            const actual = (numbers[index]! * Math.exp(scale[dataset * columns + column]!)) / samples;
            assertClose(actual, expected, { rtol: 1e-6, atol: 1e-8 });
          }
    });
  }
});

test('a constant step of η moves the weights by −η∇L, each column with its own η', () => {
  const weights = weightsOf(2);
  const learningRates = engine.tensor([0.1, 0.2, 0, 0.3, 0.4, 0.5], [datasets, 1, columns]);
  const moved = constantStep(engine, signedInputs, { weights, learningRates });
  const { directions, logScale } = diagonalGradient(engine, signedInputs, weights);
  const scale = engine.binary('multiply', engine.unary('exp', logScale), 1 / samples);
  moved.forEach((weight, layer) => {
    const expected = engine.binary('multiply', engine.binary('multiply', directions[layer]!, scale), learningRates);
    assertClose(engine.read(engine.binary('subtract', weight, weights[layer]!)), engine.read(expected));
  });
});

const smallestMargins = (weights: DiagonalWeights): number[] => {
  const margins = engine.matmul(signedInputs, diagonalProduct(engine, weights));
  return [...engine.read(engine.reduce('min', margins, { axis: -2 }))];
};

const startOf = (layers: number): DiagonalWeights =>
  Array.from({ length: layers }, (_, l) => engine.full([datasets, dimension, columns], l === 0 ? 0 : 0.3));

function runCurvature(from: DiagonalWeights, steps: number): DiagonalWeights {
  let state: CurvatureState = {
    weights: from,
    probe: engine.tensor(new RandomStream(0, 'probe').normals(datasets * samples * columns), [
      datasets,
      samples,
      columns,
    ]),
  };
  for (let step = 0; step < steps; step++) {
    const before = state;
    state = engine.scope(() => curvatureStep(engine, signedInputs, before));
  }
  return state.weights;
}

test('curvature steps separate the data from a small start', () => {
  for (const layers of [1, 2, 3]) {
    const early = smallestMargins(runCurvature(startOf(layers), 50));
    const late = smallestMargins(runCurvature(startOf(layers), 300));
    assert.ok(late.every((margin, i) => margin > 1 && margin > early[i]!));
  }
});

/** Largest eigenvalue of the Hessian of log Σ_n φ(−u_n) in all weights of one column, from central differences. */
function largestCurvature(weights: readonly Float64Array[], at: { dataset: number; column: number }): number {
  const x = engine.read(signedInputs);
  const places = weights.flatMap((_, layer) => Array.from({ length: dimension }, (_, d) => [layer, d] as const));
  const logScale = (moves: readonly (readonly [number, number])[]) => {
    let sum = 0;
    for (let n = 0; n < samples; n++) {
      let margin = 0;
      for (let d = 0; d < dimension; d++) {
        const beta = weights.reduce((p, w, layer) => {
          const moved = moves.reduce((by, [k, h]) => (places[k]![0] === layer && places[k]![1] === d ? by + h : by), 0);
          return p * (w[(at.dataset * dimension + d) * columns + at.column]! + moved);
        }, 1);
        margin += x[(at.dataset * samples + n) * dimension + d]! * beta;
      }
      sum += 1 / (1 + Math.exp(margin));
    }
    return Math.log(sum);
  };
  const h = 1e-4;
  const hessian = places.map((_, i) =>
    places.map((_, j) => {
      const mixed = (a: number, b: number) =>
        logScale([
          [i, a * h],
          [j, b * h],
        ]);
      return (mixed(1, 1) - mixed(1, -1) - mixed(-1, 1) + mixed(-1, -1)) / (4 * h * h);
    }),
  );
  const { values } = engine.eigh(engine.tensor(hessian.flat(), [places.length, places.length]));
  return engine.read(values).at(-1)!;
}

test('a curvature step is at most 1/λ_max of the log loss, and not absurdly smaller', () => {
  for (const layers of [1, 2, 3]) {
    const weights = weightsOf(layers, 0.7);
    let probe: Tensor = engine.tensor(new RandomStream(0, 'probe').normals(datasets * samples * columns), [
      datasets,
      samples,
      columns,
    ]);
    let moved = weights;
    for (let iteration = 0; iteration < 60; iteration++)
      ({ weights: moved, probe } = curvatureStep(engine, signedInputs, { weights, probe }, { relativeChange: 1e9 }));
    const { directions } = diagonalGradient(engine, signedInputs, weights);
    const [before, after, along] = [weights, moved, directions].map((parts) => parts.map((part) => engine.read(part)));
    for (let dataset = 0; dataset < datasets; dataset++)
      for (let column = 0; column < columns; column++) {
        const index = dataset * dimension * columns + column;
        const learningRate = (after![0]![index]! - before![0]![index]!) / along![0]![index]!;
        const bound = 1 / learningRate;
        const curvature = largestCurvature(before!, { dataset, column });
        assert.ok(bound >= curvature * (1 - 1e-3), `L = ${layers}: 1/η ${bound}, curvature ${curvature}`);
        assert.ok(bound < 100 * Math.max(curvature, 0.1), `L = ${layers}: 1/η ${bound}, curvature ${curvature}`);
      }
  }
});

test('at margins far beyond 10³ curvature steps still raise them, and keep a direction', () => {
  for (const layers of [1, 2, 3]) {
    const separating = runCurvature(startOf(layers), 300);
    const far = separating.map((weight) => engine.binary('multiply', weight, 1e4 ** (1 / layers)));
    const later = runCurvature(far, 50);
    const margins = smallestMargins(far);
    assert.ok(margins.every((margin) => margin > 1e3));
    assert.ok(smallestMargins(later).every((margin, i) => margin > margins[i]!));
    const { directions } = diagonalGradient(engine, signedInputs, later);
    assert.ok(directions.every((direction) => engine.read(direction).every(Number.isFinite)));
    assert.ok(directions.some((direction) => engine.read(direction).some((value) => Math.abs(value) > 1e-3)));
  }
});

test('line search lowers the loss of every column, also where margins are huge', () => {
  for (const scale of [1, 300]) {
    const start = weightsOf(1).map((weight) => engine.binary('multiply', engine.unary('abs', weight), scale));
    let state: LineSearchState = { weights: start, learningRates: rates(1e-3) };
    for (let step = 0; step < 20; step++) {
      const next = lineSearchStep(engine, signedInputs, state);
      const before = logLoss(state.weights);
      logLoss(next.weights).forEach((value, i) => assert.ok(value < before[i]!, `scale ${scale}, step ${step}`));
      state = next;
    }
  }
});

/** log mean loss per column, from margins read as plain numbers. */
function logLoss(weights: DiagonalWeights): number[] {
  const margins = engine.read(engine.matmul(signedInputs, diagonalProduct(engine, weights)));
  return Array.from({ length: datasets * columns }, (_, i) => {
    const own = Array.from(
      { length: samples },
      (_, n) => margins[(Math.floor(i / columns) * samples + n) * columns + (i % columns)]!,
    );
    const logTerms = own.map((u) => (u > 30 ? -u : Math.log(Math.max(-u, 0) + Math.log1p(Math.exp(-Math.abs(u))))));
    const largest = Math.max(...logTerms);
    return largest + Math.log(logTerms.reduce((sum, term) => sum + Math.exp(term - largest), 0) / samples);
  });
}

test('loss-normalised steps follow the path of small constant steps, faster', () => {
  const start = weightsOf(2, 0.5);
  let constant: DiagonalWeights = start;
  for (let step = 0; step < 4000; step++)
    constant = engine.scope(() =>
      constantStep(engine, signedInputs, { weights: constant, learningRates: rates(0.02) }),
    );
  const goal = logLoss(constant);
  let normalised: DiagonalWeights = start;
  const reached = new Array<number>(goal.length).fill(Infinity);
  for (let step = 0; step < 4000 && reached.some((distance) => distance === Infinity); step++) {
    normalised = engine.scope(() =>
      lossNormalisedStep(engine, signedInputs, { weights: normalised, learningRates: rates(0.005) }),
    );
    logLoss(normalised).forEach((value, i) => {
      if (value > goal[i]! || reached[i] !== Infinity) return;
      reached[i] = distanceOfColumn(normalised, constant, i);
    });
  }
  for (const distance of reached) assert.ok(distance < 0.02, `distance ${distance}`);
});

/** Relative distance of one column's separators. */
function distanceOfColumn(a: DiagonalWeights, b: DiagonalWeights, index: number): number {
  const pick = (weights: DiagonalWeights) => {
    const beta = engine.read(diagonalProduct(engine, weights));
    const [dataset, column] = [Math.floor(index / columns), index % columns];
    return Array.from({ length: dimension }, (_, d) => beta[(dataset * dimension + d) * columns + column]!);
  };
  const [left, right] = [pick(a), pick(b)];
  return Math.hypot(...left.map((value, d) => value - right[d]!)) / Math.hypot(...right);
}

test('loss-normalised steps of deep networks are divided by the power of the largest weight', () => {
  const weights = [2, 3, 0.5].map((value): Tensor => engine.full([datasets, dimension, columns], value));
  const moved = lossNormalisedStep(engine, signedInputs, { weights, learningRates: rates(0.6) });
  const { directions } = diagonalGradient(engine, signedInputs, weights);
  moved.forEach((weight, layer) =>
    assertClose(
      engine.read(engine.binary('subtract', weight, weights[layer]!)),
      engine.read(engine.binary('multiply', directions[layer]!, 0.2)),
    ),
  );
});
