import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Tensor } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { blockTridiagonalCoupling } from '@natsweep/models';
import type { Coupling, DescentRule } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import type { SmallNetwork } from '@natsweep/models/testing';
import { blockDiagonal } from './block-diagonal.ts';
import { blockTridiagonal } from './block-tridiagonal.ts';
import { UnsupportedCouplingError } from './coupling-response.ts';
import { exact } from './exact.ts';
import { kfac } from './kfac.ts';
import { layerWise } from './layer-wise.ts';
import {
  explicitGradient,
  explicitStep,
  layerResponses,
  maskedFisher,
  parameterOwners,
  pseudoSolveExplicitly,
  solveExplicitly,
} from './testing/explicit-metric.ts';
import { unitWise } from './unit-wise.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;

/** The metric of a rule, as weights on the blocks (layer, layer) of the Fisher matrix. */
const rules: { rule: DescentRule; coupling: (depth: number) => Coupling }[] = [
  { rule: exact(), coupling: (depth) => square(depth, () => 1) },
  { rule: blockDiagonal(), coupling: (depth) => square(depth, (i, j) => Number(i === j)) },
  { rule: blockTridiagonal(), coupling: blockTridiagonalCoupling },
];
const general: Coupling = [
  [2, 0.5, -0.3],
  [0.5, 1, 0.2],
  [-0.3, 0.2, 1.5],
];

function square(depth: number, entry: (i: number, j: number) => number): Coupling {
  return Array.from({ length: depth }, (_, i) => Array.from({ length: depth }, (_, j) => entry(i, j)));
}

function coupledFisher({ at }: SmallNetwork, coupling: Coupling): Tensor {
  const owners = parameterOwners(at);
  return maskedFisher(engine, at, (i, j) => coupling[owners[i]!.layer]![owners[j]!.layer]!);
}

const shallow = smallNetwork(engine, { widths: [4, 5, 5, 1], samples: 4 });
const severalOutputs = smallNetwork(engine, { widths: [4, 6, 6, 2], samples: 3, biasVariance: 0 });

for (const [label, net] of [
  ['C = 1 with biases', shallow],
  ['C = 2 without biases', severalOutputs],
] as const)
  for (const { rule, coupling } of [...rules, { rule: layerWise(general), coupling: () => general }]) {
    test(`${rule.name}, damped, is (G + ρI)⁻¹∇L of its explicit metric (${label})`, () => {
      const direction = rule.direction(engine, net.at, net.residual, { damping: 0.05 });
      const expected = solveExplicitly(
        engine,
        coupledFisher(net, coupling(3)),
        explicitGradient(engine, net.at, net.residual),
        0.05,
      );
      assertClose(engine.read(explicitStep(engine, net.at, direction)), engine.read(expected), factorised);
    });

    test(`${rule.name} at ρ = 0 is G⁺∇L of its explicit metric (${label})`, () => {
      const direction = rule.direction(engine, net.at, net.residual, { damping: 0 });
      const expected = pseudoSolveExplicitly(
        engine,
        coupledFisher(net, coupling(3)),
        explicitGradient(engine, net.at, net.residual),
      );
      // the explicit P × P pseudo-inverse squares the condition number of J
      assertClose(engine.read(explicitStep(engine, net.at, direction)), engine.read(expected), {
        rtol: 1e-7,
        atol: 1e-8,
      });
    });
  }

test('responses per layer at ρ = 0: exact 1 in total, block-diagonal 1 each, general Σ⁻¹1', () => {
  const { at, residual } = shallow;
  const g = engine.read(residual);
  const responses = (rule: DescentRule) =>
    layerResponses(engine, at, rule.direction(engine, at, residual, { damping: 0 }));
  const total = responses(exact()).reduce((sum, part) => sum.map((value, i) => value + part[i]!));
  assertClose(total, g, factorised);
  for (const part of responses(blockDiagonal())) assertClose(part, g, factorised);
  const c = engine.read(engine.solve(engine.tensor(general.flat(), [3, 3]), engine.full([3, 1], 1)));
  responses(layerWise(general)).forEach((part, l) =>
    assertClose(
      part,
      g.map((value) => c[l]! * value),
      factorised,
    ),
  );
});

test('block-tridiagonal responses follow Σ⁻¹1 (Lemma 4.3)', () => {
  const expected: Record<number, number[]> = {
    3: [0, 1, 0],
    4: [1, 0, 0, 1],
    6: [0, 1, 0, 0, 1, 0],
  };
  for (const [depth, c] of Object.entries(expected)) {
    const { at, residual } = smallNetwork(engine, {
      widths: [4, ...Array<number>(Number(depth) - 1).fill(5), 1],
      samples: 4,
    });
    const direction = blockTridiagonal().direction(engine, at, residual, { damping: 0 });
    layerResponses(engine, at, direction).forEach((part, l) =>
      assertClose(
        part,
        engine.read(residual).map((value) => c[l]! * value),
        { rtol: 1e-8, atol: 1e-8 },
      ),
    );
  }
});

test('where Σ is singular, ρ = 0 is the limit of least norm: G⁺∇L, and α = 1ᵀΣ⁺1', () => {
  const ones = (depth: number) => square(depth, () => 1);
  const cases = [
    { depth: 2, coupling: blockTridiagonalCoupling(2), alpha: 1 },
    { depth: 5, coupling: blockTridiagonalCoupling(5), alpha: 2 },
    { depth: 3, coupling: ones(3), alpha: 1 },
    // rank 2: pairs of layers, of which one counts twice
    { depth: 5, coupling: square(5, (i, j) => (i < 2 && j < 2 ? 1 : i >= 2 && j >= 2 ? 2 : 0)), alpha: 1.5 },
  ];
  for (const { depth, coupling, alpha } of cases) {
    const net = smallNetwork(engine, { widths: [4, ...Array<number>(depth - 1).fill(5), 1], samples: 3 });
    const direction = layerWise(coupling).direction(engine, net.at, net.residual, { damping: 0 });
    const [metric, gradient] = [coupledFisher(net, coupling), explicitGradient(engine, net.at, net.residual)];
    assertClose(
      engine.read(explicitStep(engine, net.at, direction)),
      engine.read(pseudoSolveExplicitly(engine, metric, gradient)),
      { rtol: 1e-6, atol: 1e-7 },
    );
    const total = layerResponses(engine, net.at, direction).reduce((sum, part) => sum.map((v, i) => v + part[i]!));
    assertClose(
      total,
      engine.read(net.residual).map((value) => alpha * value),
      factorised,
    );
  }
});

test('the tridiagonal metric of two layers is the exact one, also at ρ = 0', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 6, 1], samples: 3 });
  const step = (rule: DescentRule) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0 })));
  assertClose(step(blockTridiagonal()), step(exact()), factorised);
});

test('damping tends to the limit at 0', () => {
  const { at, residual } = shallow;
  for (const { rule } of rules) {
    const step = (damping: number) =>
      engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping })));
    const [limit, near] = [step(0), step(1e-9)];
    const gap = Math.hypot(...limit.map((value, i) => value - near[i]!)) / Math.hypot(...limit);
    assert.ok(gap < 1e-5, `${rule.name}: relative gap ${gap}`);
  }
});

test('with a single layer every rule is the exact one, K-FAC N times it', () => {
  const { at, residual } = smallNetwork(engine, { widths: [5, 1], samples: 3 });
  const step = (rule: DescentRule, damping: number) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping })));
  for (const damping of [0, 0.1])
    for (const rule of [blockDiagonal(), blockTridiagonal(), layerWise([[1]]), unitWise()])
      assertClose(step(rule, damping), step(exact(), damping), factorised);
  assertClose(
    step(kfac(), 0).map((value) => value / 3),
    step(exact(), 0),
    factorised,
  );
});

test('Σ = I is block-diagonal and Σ = 11ᵀ is exact', () => {
  const { at, residual } = shallow;
  const step = (rule: DescentRule) =>
    engine.read(explicitStep(engine, at, rule.direction(engine, at, residual, { damping: 0.01 })));
  assertClose(step(layerWise(square(3, (i, j) => Number(i === j)))), step(blockDiagonal()), factorised);
  assertClose(step(layerWise(square(3, () => 1))), step(exact()), factorised);
});

test('the tridiagonal metric reports its inertia and the distance of the damping from a pole', () => {
  const { at, residual } = shallow;
  const undamped = blockTridiagonal().direction(engine, at, residual, { damping: 0 }).statistics;
  // Σ of three layers has the eigenvalues 1 − √2, 1, 1 + √2; each counts for N = 4 directions
  assert.deepEqual(undamped.inertia, { negative: 4, zero: 0, positive: 8 });
  const options = { damping: 1e-3, measureCondition: true };
  const { inertia, poleDistance } = blockTridiagonal().direction(engine, at, residual, options).statistics;
  assert.deepEqual(inertia, { negative: 4, zero: 0, positive: 8 });
  const jacobianMetric = engine.read(engine.eigh(coupledFisher(shallow, blockTridiagonalCoupling(3))).values);
  const nonZero = jacobianMetric.filter((value) => Math.abs(value) > 1e-10);
  assert.equal(nonZero.length, 12);
  assertClose(poleDistance!, Math.min(...nonZero.map((value) => Math.abs(value + 1e-3))), factorised);
});

test('a metric that is not symmetric, or singular against 1_L, or of another size is refused', () => {
  const { at, residual } = shallow;
  const asymmetric = [
    [1, 2, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  const refused: [Coupling, RegExp, number][] = [
    [asymmetric, /symmetric.*\(2, 1\)/, 0],
    [asymmetric, /symmetric.*\(2, 1\)/, 0.1],
    [
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0],
      ],
      /kernel is not orthogonal to 1_L/,
      0,
    ],
    [
      [
        [1, 0],
        [0, 1],
      ],
      /2 × 2; the network has 3 layers/,
      0,
    ],
  ];
  for (const [coupling, message, damping] of refused)
    assert.throws(
      () => layerWise(coupling).direction(engine, at, residual, { damping }),
      (error: unknown) => error instanceof UnsupportedCouplingError && message.test(error.message),
    );
});

test('a rule frees everything but its direction', () => {
  const { at, residual } = severalOutputs;
  for (const { rule } of rules)
    for (const damping of [0, 0.1]) {
      const before = engine.liveTensors();
      engine.scope(() => {
        rule.direction(engine, at, residual, { damping });
      });
      assert.equal(engine.liveTensors(), before, `${rule.name} at ρ = ${damping}`);
    }
});
