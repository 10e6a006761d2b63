import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine, RandomStream, type LinalgEngine, type Tensor } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { diagonalCofactors, diagonalProduct } from '@natsweep/models';
import { diagonalNaturalGradient } from './diagonal-logistic.ts';
import { logisticNaturalGradient, prepareLogisticInputs } from './logistic-linear.ts';
import { gaussianPopulationFisher, populationNaturalGradient } from './population-fisher.ts';

const engine = createReferenceEngine();
const solved = { rtol: 1e-6, atol: 1e-7 };
const phi = (u: number) => 1 / (1 + Math.exp(-u));

/** F⁺v with F = Σ_n φφ̄ (J row_n)(J row_n)ᵀ/N and v = ∇L formed entry by entry, for one problem with parameters θ → β. */
function explicitNaturalGradient(x: Float64Array, beta: ArrayLike<number>, jacobian: readonly Float64Array[]) {
  const dimension = beta.length;
  const samples = x.length / dimension;
  const parameters = jacobian.length;
  const fisher = new Float64Array(parameters * parameters);
  const gradient = new Float64Array(parameters);
  for (let n = 0; n < samples; n++) {
    const row = x.subarray(n * dimension, (n + 1) * dimension);
    const margin = row.reduce((sum, value, d) => sum + value * beta[d]!, 0);
    const slopes = jacobian.map((column) => column.reduce((sum, value, d) => sum + value * row[d]!, 0));
    for (let i = 0; i < parameters; i++) {
      gradient[i]! -= (phi(-margin) * slopes[i]!) / samples;
      for (let j = 0; j < parameters; j++)
        fisher[i * parameters + j]! += (phi(margin) * phi(-margin) * slopes[i]! * slopes[j]!) / samples;
    }
  }
  const f = engine.tensor(fisher, [parameters, parameters]);
  return engine.read(engine.leastSquares(f, engine.tensor(gradient, [parameters, 1]), { rcond: 1e-11 }).solution);
}

const identityJacobian = (dimension: number) =>
  Array.from({ length: dimension }, (_, d) => Float64Array.from({ length: dimension }, (_, i) => (i === d ? 1 : 0)));

const sizes = fc.record({
  seed: fc.integer(),
  samples: fc.integer({ min: 1, max: 8 }),
  dimension: fc.integer({ min: 1, max: 6 }),
});

test('the linear natural gradient is F⁺∇L, for N ≤ D and N > D', () => {
  fc.assert(
    fc.property(sizes, ({ seed, samples, dimension }) => {
      const x = new RandomStream(seed, 'x').normals(samples * dimension);
      const beta = new RandomStream(seed, 'b').normals(dimension).map((b) => b / 2);
      const signedInputs = engine.tensor(x, [1, samples, dimension]);
      const margins = engine.matmul(signedInputs, engine.tensor(beta, [1, dimension, 1]));
      const inputs = prepareLogisticInputs(engine, signedInputs);
      const { gradient } = logisticNaturalGradient(engine, inputs, { margins, clip: 80 });
      const expected = explicitNaturalGradient(x, beta, identityJacobian(dimension));
      assertClose(engine.read(gradient), expected, { rtol: 1e-4, atol: 1e-5 * Math.hypot(...expected) });
    }),
    { numRuns: 60 },
  );
});

test('the Gram matrix is trusted with independence as far as the precision of the engine goes', () => {
  const single: LinalgEngine = { ...engine, info: () => ({ ...engine.info(), precision: 'float32' }) };
  const [row, other] = [new RandomStream(1, 'x').normals(4), new RandomStream(2, 'x').normals(4)];
  const near = engine.tensor([...row, ...row.map((value, d) => value + 1e-5 * other[d]!)], [1, 2, 4]);
  assert.notEqual(prepareLogisticInputs(engine, near).gramFactor, undefined);
  assert.equal(prepareLogisticInputs(single, near).gramFactor, undefined);
});

test('dependent data fall back to the least-norm solution', () => {
  const row = new RandomStream(1, 'x').normals(4);
  const x = Float64Array.of(...row, ...row, ...new RandomStream(2, 'x').normals(4));
  const beta = new RandomStream(1, 'b').normals(4);
  const signedInputs = engine.tensor(x, [1, 3, 4]);
  const margins = engine.matmul(signedInputs, engine.tensor(beta, [1, 4, 1]));
  const { gradient, ranks } = logisticNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), {
    margins,
    clip: 80,
  });
  assert.deepEqual(ranks, [2]);
  assertClose(engine.read(gradient), explicitNaturalGradient(x, beta, identityJacobian(4)), solved);
});

/** ∂β/∂w as one column per parameter, layer by layer. */
function diagonalJacobian(weights: readonly Float64Array[]): Float64Array[] {
  const dimension = weights[0]!.length;
  return weights.flatMap((_, l) =>
    Array.from({ length: dimension }, (_, d) => {
      const column = new Float64Array(dimension);
      column[d] = weights.reduce((p, w, k) => (k === l ? p : p * w[d]!), 1);
      return column;
    }),
  );
}

const diagonalCase = (seed: number, options: { layers: number; samples: number; dimension: number }) => {
  const x = new RandomStream(seed, 'x').normals(options.samples * options.dimension);
  const weights = Array.from({ length: options.layers }, (_, l) =>
    new RandomStream(seed, `w${l}`).normals(options.dimension).map((w) => 0.5 * w + Math.sign(w)),
  );
  const tensors = weights.map((w) => engine.tensor(w, [1, options.dimension, 1]));
  return { x, weights, tensors, signedInputs: engine.tensor(x, [1, options.samples, options.dimension]) };
};

const networks = fc.record({
  seed: fc.integer(),
  layers: fc.integer({ min: 2, max: 4 }),
  samples: fc.integer({ min: 1, max: 8 }),
  dimension: fc.integer({ min: 1, max: 5 }),
});

/** Whether forming F explicitly, which squares the condition number of the inputs, leaves digits to compare. */
const isWellConditioned = (x: Float64Array, samples: number, dimension: number) => {
  const values = engine.read(engine.svd(engine.tensor(x, [samples, dimension])).s);
  return values.at(-1)! > 0.02 * values[0]!;
};

/** Whether no Fisher weight φφ̄ is so much lighter than another that F loses it to rounding. */
const isModerate = (x: Float64Array, beta: Float64Array) => {
  const margins = engine.read(
    engine.matmul(engine.tensor(x, [x.length / beta.length, beta.length]), engine.tensor(beta, [beta.length, 1])),
  );
  return margins.every((margin) => Math.abs(margin) < 8);
};

test('joint: the diagonal natural gradient is F_w⁺∇_w L over all layers, for N < D and N ≥ D', () => {
  fc.assert(
    fc.property(networks, ({ seed, layers, samples, dimension }) => {
      const { x, weights, tensors, signedInputs } = diagonalCase(seed, { layers, samples, dimension });
      fc.pre(isWellConditioned(x, samples, dimension));
      const { gradients } = diagonalNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), {
        weights: tensors,
        rule: 'joint',
        clip: 80,
      });
      const beta = engine.read(diagonalProduct(engine, tensors));
      fc.pre(isModerate(x, beta));
      const expected = explicitNaturalGradient(x, beta, diagonalJacobian(weights));
      assertClose(
        gradients.flatMap((gradient) => [...engine.read(gradient)]),
        expected,
        { rtol: 1e-4, atol: 1e-5 * Math.hypot(...expected) },
      );
    }),
    { numRuns: 60 },
  );
});

test('joint: components whose derivative vanishes do not move, and the others still solve F g = ∇L', () => {
  const { x, weights, signedInputs } = diagonalCase(4, { layers: 2, samples: 7, dimension: 4 });
  weights.forEach((w) => (w[1] = 0));
  const tensors = weights.map((w) => engine.tensor(w, [1, 4, 1]));
  const { gradients, ranks } = diagonalNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), {
    weights: tensors,
    rule: 'joint',
    clip: 80,
  });
  assert.deepEqual(ranks, [3]);
  const expected = explicitNaturalGradient(x, engine.read(diagonalProduct(engine, tensors)), diagonalJacobian(weights));
  const actual = gradients.flatMap((gradient) => [...engine.read(gradient)]);
  assert.deepEqual([actual[1], actual[5]], [0, 0]);
  assertClose(actual, expected, solved);
});

test('split: every layer moves β by 1/L of the natural gradient step, F_l⁺∇_l L / L', () => {
  fc.assert(
    fc.property(networks, ({ seed, layers, samples, dimension }) => {
      const { x, weights, tensors, signedInputs } = diagonalCase(seed, { layers, samples, dimension });
      const beta = engine.read(diagonalProduct(engine, tensors));
      fc.pre(isWellConditioned(x, samples, dimension) && isModerate(x, beta));
      const { gradients } = diagonalNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), {
        weights: tensors,
        rule: 'split',
        clip: 80,
      });
      gradients.forEach((gradient, l) => {
        const own = diagonalJacobian(weights).slice(l * dimension, (l + 1) * dimension);
        const expected = explicitNaturalGradient(x, beta, own).map((value) => value / layers);
        assertClose(engine.read(gradient), expected, { rtol: 1e-4, atol: 1e-5 * Math.hypot(...expected) });
      });
    }),
    { numRuns: 40 },
  );
});

test('both rules move the margins by the same amount to first order: 1 + e^{−u} where N ≤ D', () => {
  const { tensors, signedInputs } = diagonalCase(9, { layers: 3, samples: 4, dimension: 6 });
  const margins = engine.matmul(signedInputs, diagonalProduct(engine, tensors));
  const expected = engine.read(margins).map((u) => -(1 + Math.exp(-u)));
  for (const rule of ['joint', 'split'] as const) {
    const { gradients } = diagonalNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), {
      weights: tensors,
      rule,
      clip: 80,
    });
    const moved = diagonalCofactors(engine, tensors)
      .map((cofactor, l) => engine.binary('multiply', cofactor, gradients[l]!))
      .reduce((sum, term) => engine.binary('add', sum, term));
    assertClose(engine.read(engine.matmul(signedInputs, moved)), expected, { rtol: 1e-9, atol: 1e-9 });
  }
});

test('a batch of data sets and columns gives what each gives alone', () => {
  const [datasets, samples, dimension, columns] = [2, 4, 3, 2];
  const x = new RandomStream(3, 'x').normals(datasets * samples * dimension);
  const w = [0, 1].map((l) => new RandomStream(3, `w${l}`).normals(datasets * dimension * columns));
  const batched = diagonalNaturalGradient(
    engine,
    prepareLogisticInputs(engine, engine.tensor(x, [datasets, samples, dimension])),
    { weights: w.map((layer) => engine.tensor(layer, [datasets, dimension, columns])), rule: 'joint', clip: 80 },
  );
  for (let dataset = 0; dataset < datasets; dataset++)
    for (let column = 0; column < columns; column++) {
      const pick = (layer: ArrayLike<number>) =>
        Array.from({ length: dimension }, (_, d) => layer[(dataset * dimension + d) * columns + column]!);
      const own = x.subarray(dataset * samples * dimension, (dataset + 1) * samples * dimension);
      const alone = diagonalNaturalGradient(
        engine,
        prepareLogisticInputs(engine, engine.tensor(own, [1, samples, dimension])),
        { weights: w.map((layer) => engine.tensor(pick(layer), [1, dimension, 1])), rule: 'joint', clip: 80 },
      );
      batched.gradients.forEach((gradient, l) =>
        assertClose(pick(engine.read(gradient)), engine.read(alone.gradients[l]!), { rtol: 1e-9, atol: 1e-9 }),
      );
    }
});

test('margins of 10³ and far beyond, of any spread, give finite gradients: steps of 1 in every margin for N ≤ D', () => {
  const x = new RandomStream(5, 'x').normals(3 * 5);
  const signedInputs = engine.tensor(x, [1, 3, 5]);
  const margins = engine.tensor([1, 1200, 1e6], [1, 3, 1]);
  const wide = logisticNaturalGradient(engine, prepareLogisticInputs(engine, signedInputs), { margins, clip: 30 });
  assertClose(engine.read(engine.matmul(signedInputs, wide.gradient)), [-(1 + Math.exp(-1)), -1, -1]);

  const tall = engine.tensor(new RandomStream(6, 'x').normals(6 * 2), [1, 6, 2]);
  const spread = engine.tensor([1, 5, 400, 1200, 1e4, 1e6], [1, 6, 1]);
  const found = logisticNaturalGradient(engine, prepareLogisticInputs(engine, tall), { margins: spread, clip: 30 });
  assert.deepEqual(found.ranks, [2]);
  const moved = engine.read(engine.matmul(tall, found.gradient));
  // the rows of margin 400 and more weigh e^{−395} and less: the other two are met exactly
  assertClose([moved[0]!, moved[1]!], [-(1 + Math.exp(-1)), -(1 + Math.exp(-5))], { rtol: 1e-9, atol: 1e-9 });
});

test('a column whose margins are not finite gets NaN and rank 0, and the others their gradient and rank', () => {
  const x = new RandomStream(7, 'x').normals(6 * 2);
  const inputs = prepareLogisticInputs(engine, engine.tensor(x, [1, 6, 2]));
  const margins = new RandomStream(7, 'u').normals(6);
  const solve = (columns: readonly (readonly number[])[]) => {
    const values = Array.from({ length: 6 }, (_, n) => columns.map((column) => column[n]!)).flat();
    const at = { margins: engine.tensor(values, [1, 6, columns.length]), clip: 30 };
    const { gradient, ranks } = logisticNaturalGradient(engine, inputs, at);
    return { gradient: engine.read(gradient), ranks };
  };
  const broken = [...margins].fill(NaN, 2, 3);
  const [together, alone] = [solve([broken, [...margins]]), solve([[...margins]])];
  assert.deepEqual([together.ranks, alone.ranks], [[0, 2], [2]]);
  assert.ok(Number.isNaN(together.gradient[0]) && Number.isNaN(together.gradient[2]));
  assertClose([together.gradient[1]!, together.gradient[3]!], alone.gradient);
});

test('the population Fisher information is that of a large sample, along β and across', () => {
  const draws = new RandomStream(8, 'z').normals(400000);
  for (const norm of [0, 0.5, 3, 12]) {
    let along = 0;
    let across = 0;
    for (const z of draws) {
      const weight = phi(norm * z) * phi(-norm * z);
      across += weight / draws.length;
      along += (weight * z * z) / draws.length;
    }
    const fisher = gaussianPopulationFisher(norm);
    assertClose(fisher.across, across, { rtol: 0.01, atol: 0 });
    assertClose(fisher.along, along, { rtol: 0.02, atol: 0 });
  }
});

test('the population Fisher information follows its limits for small and for huge ‖β‖', () => {
  assertClose(gaussianPopulationFisher(0).across, 0.25);
  assertClose(gaussianPopulationFisher(0).along, 0.25);
  // ∫φφ̄ dv = 1 and ∫v²φφ̄ dv = π²/3 against a Gaussian density that is flat on the spike
  for (const norm of [1e3, 1e6]) {
    const density = 1 / Math.sqrt(2 * Math.PI);
    const fisher = gaussianPopulationFisher(norm);
    assertClose(fisher.across, density / norm, { rtol: 1e-5, atol: 0 });
    assertClose(fisher.along, (density * Math.PI ** 2) / 3 / norm ** 3, { rtol: 1e-4, atol: 0 });
  }
});

test('the population natural gradient solves F g = ∇L', () => {
  const [samples, dimension] = [5, 4];
  const x = new RandomStream(9, 'x').normals(samples * dimension);
  const beta = new RandomStream(9, 'b').normals(dimension);
  const signedInputs = engine.tensor(x, [1, samples, dimension]);
  const solve = (separators: Tensor) => engine.read(populationNaturalGradient(engine, signedInputs, separators));
  const found = solve(engine.tensor(beta, [1, dimension, 1]));
  const norm = Math.hypot(...beta);
  const { along, across } = gaussianPopulationFisher(norm);
  const radial = found.reduce((sum, value, d) => sum + (value * beta[d]!) / norm, 0);
  const image = found.map((value, d) => across * value + ((along - across) * radial * beta[d]!) / norm);
  const gradient = new Float64Array(dimension);
  for (let n = 0; n < samples; n++) {
    const row = x.subarray(n * dimension, (n + 1) * dimension);
    const margin = row.reduce((sum, value, d) => sum + value * beta[d]!, 0);
    row.forEach((value, d) => (gradient[d]! -= (phi(-margin) * value) / samples));
  }
  assertClose(image, gradient);
  assert.ok(solve(engine.full([1, dimension, 1], 0)).every(Number.isFinite));
});
