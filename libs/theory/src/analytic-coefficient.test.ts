import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { blockTridiagonalCoupling, createNetwork, defaultKfacForm, linearise } from '@natsweep/models';
import type { Architecture, Coupling, KfacForm } from '@natsweep/models';
import { analyticCoefficient } from './analytic-coefficient.ts';
import type { AnalyticRule } from './analytic-coefficient.ts';
import { coefficientMatrix, layerWiseCoefficient } from './coefficient-matrix.ts';
import type { Samples } from './coefficient-matrix.ts';
import { kfacCoefficient } from './kfac-coefficient.ts';
import { limitPrediction } from './limit-predictor.ts';

const engine = createReferenceEngine();
const [dimension, samples] = [8, 4];
const raw = new RandomStream(3, 'test/inputs').normals((samples + 2) * dimension);
const unit = raw.map((value, i) => {
  const start = i - (i % dimension);
  return value / Math.hypot(...raw.subarray(start, start + dimension));
});
const train = engine.tensor(unit.subarray(0, samples * dimension), [samples, dimension]);
const held = engine.tensor(unit.subarray(samples * dimension), [2, dimension]);
const ofWidth = (width: number): Architecture => ({
  widths: [dimension, width, width, 1],
  activation: { name: 'erf' },
  weightVariance: 2,
  biasVariance: 0.2,
});

const general: Coupling = [
  [2, 0.5, 0],
  [0.5, 1, 0.2],
  [0, 0.2, 1],
];
const kfacForms: KfacForm[] = [
  defaultKfacForm,
  { damping: 'factors', bias: 'separate' },
  { damping: 'pi', bias: 'augmented' },
  { damping: 'exact', bias: 'augmented' },
];
const rules: {
  rule: AnalyticRule;
  empirical: (at: Samples, damping: number) => ReturnType<typeof coefficientMatrix>;
}[] = [
  {
    rule: { kind: 'gradient-descent' },
    empirical: (at, damping) => coefficientMatrix(engine, 'gradient-descent', at, damping),
  },
  { rule: { kind: 'exact' }, empirical: (at, damping) => coefficientMatrix(engine, 'exact', at, damping) },
  {
    rule: { kind: 'layer-wise', coupling: general, response: [] },
    empirical: (at, damping) => layerWiseCoefficient(engine, general, at, damping),
  },
  ...kfacForms.map((form) => ({
    rule: { kind: 'kfac', form } as const,
    empirical: (at: Samples, damping: number) => kfacCoefficient(engine, at, { damping, form }),
  })),
];

const drawn = [32, 512].map((width) => ({
  shape: ofWidth(width),
  networks: Array.from({ length: 8 }, (_, seed) => {
    const network = createNetwork(engine, ofWidth(width), seed);
    return { columns: linearise(engine, network, train), others: linearise(engine, network, held) };
  }),
}));

for (const { rule, empirical } of rules)
  test(`Θ̄ of infinite width is where Θ̄ of wide networks tends: ${JSON.stringify(rule)}`, () => {
    const damping = 0.01;
    const [narrow, wide] = drawn.map(({ shape, networks }) => {
      const limits = [train, held].map((rows) =>
        engine.read(analyticCoefficient(engine, shape, { train, rows }, { rule, damping })),
      );
      const distances = networks.map(({ columns, others }) => {
        const found = [columns, others].map((rows) => engine.read(empirical({ rows, columns }, damping)));
        return Math.max(...found.map((values, i) => distance(values, limits[i]!) / Math.hypot(...limits[i]!)));
      });
      return distances.reduce((sum, value) => sum + value) / networks.length;
    });
    // 1/√M: a quarter at 16 times the width
    assert.ok(wide! < narrow! / 2.5, `${narrow} at width 32, ${wide} at width 512`);
  });

function distance(a: Float64Array, b: Float64Array): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!));
}

test('at ρ = 0 Θ̄ is αI on the training points, and leads to the trained predictor on others', () => {
  const residual = engine.tensor([0.3, -1, 0.5, 2], [samples, 1]);
  const isotropic = [
    { name: 'exact', alpha: 1, rule: { kind: 'exact' }, response: [] },
    {
      name: 'block-diagonal',
      alpha: 3,
      rule: { kind: 'layer-wise', coupling: [], response: [1, 1, 1] },
      response: [],
    },
    {
      name: 'block-tridiagonal',
      alpha: 1,
      rule: { kind: 'layer-wise', coupling: blockTridiagonalCoupling(3), response: [0, 1, 0] },
      response: [0, 1, 0],
    },
    { name: 'kfac', alpha: 3 * samples, rule: { kind: 'kfac', form: defaultKfacForm }, response: [] },
  ] as const;
  for (const { name, alpha, rule, response } of isotropic) {
    const at = (rows: typeof train) => analyticCoefficient(engine, ofWidth(9), { train, rows }, { rule, damping: 0 });
    const identity = engine.read(engine.binary('multiply', alpha, engine.eye(samples)));
    assertClose(engine.read(at(train)), identity, { rtol: 1e-8, atol: 1e-8 });
    const { correction } = limitPrediction(engine, ofWidth(9), name, { train, test: held, residual, response });
    const moved = engine.binary('divide', engine.matmul(at(held), residual), alpha);
    assertClose(engine.read(moved), engine.read(correction), { rtol: 1e-8, atol: 1e-8 });
  }
});
