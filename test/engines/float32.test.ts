/**
 * What float32 computes is what float64 computes, to the digits that the condition number leaves: a solution of systems with the
 * condition number κ is off by κ times what the systems are, and these are made of sums of up to k = N + LM terms, each off by
 * 4 √k ε at most but for one in some thousand (Higham & Mary 2019).
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { experiments } from '@natsweep/experiments';
import { RandomStream } from '@natsweep/linalg';
import type { LinalgEngine, Precision } from '@natsweep/linalg';
import { createOpenblasEngine, findOpenblas } from '@natsweep/linalg-openblas';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';
import { createNetwork, directionResponse, linearise } from '@natsweep/models';
import type { DescentRule } from '@natsweep/models';
import {
  blockDiagonal,
  blockTridiagonal,
  diagonal,
  exact,
  kfac,
  layerWise,
  quasiDiagonal,
  unitWise,
} from '@natsweep/ngd';
import type { Parameters } from '@natsweep/sweep';

const epsilon = 2 ** -23;
const shape = { samples: 10, width: 40, depth: 3 };
const rounding = 4 * Math.sqrt(shape.samples + shape.depth * shape.width) * epsilon;

const engines = [
  { name: 'openblas', library: findOpenblas(), create: (precision: Precision) => createOpenblasEngine({ precision }) },
  { name: 'tfjs', library: findTensorflow(), create: (precision: Precision) => createTfjsEngine({ precision }) },
];

const coupling = [
  [2, 0.5, -0.3],
  [0.5, 1, 0.2],
  [-0.3, 0.2, 1.5],
];
const dampings = [0, 1e-3, 0.1];

interface Ruled {
  readonly rule: DescentRule;
  readonly dampings: readonly number[];
}

const rules: Readonly<Record<string, Ruled>> = {
  exact: { rule: exact(), dampings },
  'block-diagonal': { rule: blockDiagonal(), dampings },
  'block-tridiagonal': { rule: blockTridiagonal(), dampings },
  'layer-wise': { rule: layerWise(coupling), dampings },
  kfac: { rule: kfac(), dampings },
  'kfac, pi': { rule: kfac({ damping: 'pi', bias: 'augmented' }), dampings },
  'kfac, exact': { rule: kfac({ damping: 'exact', bias: 'separate' }), dampings },
  // undamped, a unit's condition number is that of its smallest δ, beyond 1/ε
  'unit-wise': { rule: unitWise(), dampings: [1e-3, 0.1] },
  diagonal: { rule: diagonal(), dampings: [1e-3, 0.1] },
  'quasi-diagonal': { rule: quasiDiagonal(), dampings: [1e-3, 0.1] },
};

/** How the outputs answer the rule's step, at the training samples and at as many others, and the condition number. */
function answer(engine: LinalgEngine, rule: DescentRule, damping: number) {
  return engine.scope(() => {
    const { samples, width, depth } = shape;
    const widths = [20, ...Array<number>(depth - 1).fill(width), 1];
    const architecture = { widths, activation: { name: 'tanh' as const }, weightVariance: 2, biasVariance: 0.3 };
    const network = createNetwork(engine, architecture, 1);
    const inputs = (purpose: string) =>
      engine.tensor(new RandomStream(1, purpose).normals(20 * samples), [samples, 20]);
    const at = linearise(engine, network, inputs('train'));
    const residual = engine.tensor(new RandomStream(1, 'residual').normals(samples), [samples, 1]);
    const direction = rule.direction(engine, at, residual, { damping, measureCondition: true });
    const sides = [at, linearise(engine, network, inputs('test'))];
    return {
      values: sides.flatMap((side) => [...engine.read(directionResponse(engine, side, direction))]),
      condition: direction.statistics.condition ?? 1,
    };
  });
}

function relativeDistance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((value, i) => value - b[i]!)) / Math.hypot(...b);
}

const wideTraining = experiments.find(({ declaration }) => declaration.name === 'wide-training')!;

/** ‖f_t − y‖/‖f_0 − y‖ of a training run, and the condition number of its first step. */
async function trained(engine: LinalgEngine, params: Parameters) {
  const trial = { trialId: 'trial', params: wideTraining.declaration.parameters.parse(params), seed: 1 };
  const context = { engine, signal: new AbortController().signal, progress: () => undefined };
  for await (const { metrics, traces } of wideTraining.run([trial], context)) {
    const losses = Array.from(traces['trainLoss']!);
    return {
      residuals: losses.map((loss) => Math.sqrt(loss / losses[0]!)),
      condition: Number.isFinite(metrics['condition']) ? metrics['condition']! : 1,
    };
  }
  throw new Error('wide-training gave no result');
}

for (const { name, library, create } of engines)
  describe(`float32 on ${name}`, { skip: library.found ? false : `${library.reason}. ${library.fix}` }, () => {
    for (const [title, { rule, dampings }] of Object.entries(rules))
      test(`the step of ${title} is that of float64`, () => {
        for (const damping of dampings) {
          const expected = answer(create('float64'), rule, damping);
          const actual = answer(create('float32'), rule, damping);
          const bound = rounding * expected.condition;
          assert.ok(bound < 0.01, `ρ = ${damping}: condition ${expected.condition} leaves little to compare`);
          const distance = relativeDistance(actual.values, expected.values);
          assert.ok(distance <= bound, `ρ = ${damping}: ${distance} > ${bound}, condition ${expected.condition}`);
        }
      });

    for (const title of ['gradient-descent', ...Object.keys(rules).filter((title) => !title.includes(','))])
      test(`training by ${title} follows that of float64, a step's error after the other`, async () => {
        const params = {
          dataset: 'gaussian',
          inputDimension: 20,
          samples: shape.samples,
          testSamples: 4,
          width: shape.width,
          depth: shape.depth,
          activation: 'tanh',
          biasVariance: 0.3,
          approximation: title,
          coupling: title === 'layer-wise' ? coupling.map((row) => row.join(',')).join(';') : '',
          damping: title === 'gradient-descent' ? 0 : 1e-3,
          learningRateScale: 0.5,
          steps: 5,
        };
        const expected = await trained(create('float64'), { ...params, precision: 'float64' });
        const actual = await trained(create('float32'), { ...params, precision: 'float32' });
        expected.residuals.forEach((value, t) => {
          const bound = rounding * (1 + t * expected.condition);
          const distance = Math.abs(actual.residuals[t]! - value);
          assert.ok(distance <= bound, `step ${t}: ${distance} > ${bound}, condition ${expected.condition}`);
        });
      });
  });
