import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { createNetwork, freeNetwork, layerKernels, linearise } from '@natsweep/models';
import type { Activation, Architecture } from '@natsweep/models';
import { analyticLayerKernel, analyticNtk, layerDuals } from './analytic-kernels.ts';

const engine = createReferenceEngine();
const dimension = 6;
const samples = 5;

const raw = new RandomStream(4, 'test/inputs').normals(samples * dimension);
const unit = raw.map((value, i) => {
  const row = raw.subarray(Math.floor(i / dimension) * dimension, (Math.floor(i / dimension) + 1) * dimension);
  return value / Math.hypot(...row);
});
const inputs = engine.tensor(unit, [samples, dimension]);
const architecture = (activation: Activation, width: number): Architecture => ({
  widths: [dimension, width, width, 1],
  activation,
  weightVariance: 2,
  biasVariance: 0.3,
});
const same = { rows: inputs, columns: inputs, same: true };

for (const activation of [
  { name: 'relu' },
  { name: 'shifted-relu', shift: 0.5 },
  { name: 'tanh' },
  { name: 'erf' },
] as const)
  test(`kernels of ${activation.name} are the mean of empirical ones over finite networks`, () => {
    const networks = 60;
    const width = 96;
    const draws = Array.from({ length: networks }, (_, seed) =>
      engine.scope(() => {
        const network = createNetwork(engine, architecture(activation, width), seed);
        const at = linearise(engine, network, inputs);
        const values = layerKernels(engine, at, at).map((kernel) => engine.read(kernel));
        freeNetwork(engine, network);
        return values;
      }),
    );
    for (let l = 1; l <= 3; l++) {
      const kernel = engine.read(
        analyticLayerKernel(engine, architecture(activation, width), same, { layer: l, trainSamples: samples }),
      );
      kernel.forEach((expected, index) => {
        const values = draws.map((layers) => layers[l - 1]![index]!);
        const mean = values.reduce((a, b) => a + b) / networks;
        const variance = values.reduce((a, b) => a + (b - mean) ** 2, 0) / (networks - 1);
        // five standard errors, and a bias of order 1/M
        const allowed = 5 * Math.sqrt(variance / networks) + (3 / width) * Math.abs(expected) + 1e-12;
        assert.ok(Math.abs(mean - expected) < allowed, `layer ${l}, entry ${index}: ${mean} and ${expected}`);
      });
    }
  });

test('the NTK is the sum of the layer kernels, symmetric and positive definite', () => {
  const shape = architecture({ name: 'relu' }, 1);
  const ntk = engine.read(analyticNtk(engine, shape, same, { trainSamples: samples }));
  const layers = [1, 2, 3].map((layer) =>
    engine.read(analyticLayerKernel(engine, shape, same, { layer, trainSamples: samples })),
  );
  assertClose(
    ntk,
    layers.reduce((sum, kernel) => sum.map((value, i) => value + kernel[i]!)),
  );
  assert.ok(engine.read(engine.eigh(engine.tensor(ntk, [samples, samples])).values)[0]! > 0);
});

test('for any activation, depth and variances the layer kernels are symmetric, positive semi-definite and sum up to the NTK', () => {
  const activations = fc.constantFrom<Activation>(
    { name: 'relu' },
    { name: 'shifted-relu', shift: 0.5 },
    { name: 'tanh' },
    { name: 'erf' },
  );
  const variance = (min: number) => fc.double({ min, max: 3, noNaN: true });
  fc.assert(
    fc.property(
      fc.integer(),
      activations,
      fc.integer({ min: 1, max: 5 }),
      variance(0.2),
      variance(0),
      (seed, ...given) => {
        const [activation, depth, weightVariance, biasVariance] = given;
        const rows = new RandomStream(seed, 'test/inputs').normals(5 * 4);
        const unitRows = rows.map((value, i) => value / Math.hypot(...rows.subarray(i - (i % 4), i - (i % 4) + 4)));
        const set = engine.tensor(unitRows, [5, 4]);
        const widths = [4, ...new Array<number>(depth - 1).fill(1), 1];
        const shape: Architecture = { widths, activation, weightVariance, biasVariance };
        const pairs = { rows: set, columns: set, same: true };
        const layers = Array.from({ length: depth }, (_, l) =>
          analyticLayerKernel(engine, shape, pairs, { layer: l + 1, trainSamples: 5 }),
        );
        for (const kernel of layers) {
          assert.deepEqual(engine.read(engine.transpose(kernel)), engine.read(kernel));
          const eigenvalues = engine.read(engine.eigh(kernel).values);
          assert.ok(eigenvalues[0]! >= -1e-9 * eigenvalues.at(-1)!, `eigenvalues ${eigenvalues.join(', ')}`);
        }
        const total = layers.reduce((sum, kernel) => engine.binary('add', sum, kernel));
        assertClose(engine.read(analyticNtk(engine, shape, pairs, { trainSamples: 5 })), engine.read(total));
      },
    ),
    { numRuns: 60 },
  );
});

test('the diagonal of the ReLU NTK at σ_w² = 2, σ_b = 0 is 2L/M_0 before the 1/N', () => {
  const shape: Architecture = {
    widths: [784, 9, 9, 1],
    activation: { name: 'relu' },
    weightVariance: 2,
    biasVariance: 0,
  };
  const { inputs: forward, signals } = layerDuals(shape)(Float64Array.of(1));
  const diagonal = forward.reduce((sum, [value], l) => sum + value! * signals[l]![0]!, 0);
  assertClose(diagonal, 6 / 784);
});

test('blocks of rows join without a seam', () => {
  const many = engine.tensor(new RandomStream(2, 'test/rows').normals(600).map(Math.sign), [600, 1]);
  const one = engine.tensor([1], [1, 1]);
  const kernel = engine.read(
    analyticNtk(
      engine,
      { ...architecture({ name: 'erf' }, 1), widths: [1, 1, 1, 1] },
      { rows: many, columns: one, same: false },
      { trainSamples: 1 },
    ),
  );
  const signs = engine.read(many);
  assert.equal(new Set(kernel).size, 2);
  kernel.forEach((value, i) =>
    assert.equal(value, signs[i] === signs[0] ? kernel[0] : kernel[signs.findIndex((s) => s !== signs[0])]),
  );
});

test('the kernel of samples with themselves is exactly symmetric, and that of the same samples as two sets', () => {
  const count = 300;
  const rows = new RandomStream(3, 'test/symmetry').normals(count * 3);
  const unitRows = rows.map(
    (value, i) => value / Math.hypot(...rows.subarray(3 * Math.floor(i / 3), 3 * Math.floor(i / 3) + 3)),
  );
  const set = engine.tensor(unitRows, [count, 3]);
  const shape = { ...architecture({ name: 'relu' }, 1), widths: [3, 1, 1, 1] };
  const own = analyticNtk(engine, shape, { rows: set, columns: set, same: true }, { trainSamples: count });
  const cross = analyticNtk(engine, shape, { rows: set, columns: set, same: false }, { trainSamples: count });
  assert.deepEqual(engine.read(engine.transpose(own)), engine.read(own));
  // the arc cosine near 1 turns a rounding of κ into its square root
  assertClose(engine.read(own), engine.read(cross), { rtol: 1e-7, atol: 0 });
});

test('a sample is correlated with itself exactly: its ReLU signals are (σ_w²/2)^(L − l), whatever the variances', () => {
  const variances = new RandomStream(4, 'test/variances').uniforms(400);
  for (let i = 0; i < variances.length; i += 2) {
    const [weightVariance, biasVariance] = [0.5 + 3 * variances[i]!, variances[i + 1]!];
    const widths = [784, 9, 9, 9, 1];
    const { signals } = layerDuals({ widths, activation: { name: 'relu' }, weightVariance, biasVariance })(
      Float64Array.of(1),
    );
    assertClose(
      signals.map(([value]) => value!),
      [3, 2, 1, 0].map((power) => (weightVariance / 2) ** power),
    );
  }
});
