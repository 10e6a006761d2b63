import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { UnsupportedNetworkError } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import type { SmallNetwork } from '@natsweep/models/testing';
import {
  explicitGradient,
  explicitStep,
  layerResponses,
  maskedFisher,
  parameterOwners,
  pseudoSolveExplicitly,
  solveExplicitly,
} from './testing/explicit-metric.ts';
import { solveUnits } from './unit-solve.ts';
import { unitWise } from './unit-wise.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;

function unitFisher({ at }: SmallNetwork) {
  const owners = parameterOwners(at);
  return maskedFisher(engine, at, (i, j) =>
    Number(owners[i]!.layer === owners[j]!.layer && owners[i]!.unit === owners[j]!.unit),
  );
}

const nets = {
  tanh: smallNetwork(engine, { widths: [5, 4, 6, 1], samples: 4 }),
  relu: smallNetwork(engine, { widths: [5, 6, 6, 1], samples: 4, activation: { name: 'relu' }, biasVariance: 0 }),
};

for (const [name, net] of Object.entries(nets)) {
  test(`unit-wise, damped, is the explicit inverse of the unit blocks (${name})`, () => {
    const direction = unitWise().direction(engine, net.at, net.residual, { damping: 0.03 });
    const expected = solveExplicitly(engine, unitFisher(net), explicitGradient(engine, net.at, net.residual), 0.03);
    assertClose(engine.read(explicitStep(engine, net.at, direction)), engine.read(expected), factorised);
  });

  test(`unit-wise at ρ = 0 is the pseudo-inverse of the unit blocks (${name})`, () => {
    const direction = unitWise().direction(engine, net.at, net.residual, { damping: 0 });
    assert.equal(direction.statistics.method, 'cholesky');
    const expected = pseudoSolveExplicitly(engine, unitFisher(net), explicitGradient(engine, net.at, net.residual));
    // the explicit P × P pseudo-inverse squares the condition number of J
    assertClose(engine.read(explicitStep(engine, net.at, direction)), engine.read(expected), {
      rtol: 1e-6,
      atol: 1e-6,
    });
  });
}

for (const damping of [0, 0.03]) {
  test(`the condition number on request is that of the worst unit block, ρ = ${damping}`, () => {
    const net = nets.tanh;
    const { at, residual } = net;
    const samples = residual.shape[0]!;
    const { statistics } = unitWise().direction(engine, at, residual, { damping, measureCondition: true });
    const fisher = unitFisher(net);
    const parameters = fisher.shape[0]!;
    const entries = engine.read(fisher);
    const blocks = Map.groupBy(
      parameterOwners(at).keys(),
      (i) => `${parameterOwners(at)[i]!.layer} ${parameterOwners(at)[i]!.unit}`,
    );
    const conditions = [...blocks.values()].map((rows) => {
      const block = rows.flatMap((i) => rows.map((j) => entries[i * parameters + j]!));
      const values = engine.read(engine.eigh(engine.tensor(block, [rows.length, rows.length])).values);
      return (values.at(-1)! + damping) / (values.at(-samples)! + damping);
    });
    assertClose([statistics.condition!], [Math.max(...conditions)], { rtol: 1e-6, atol: 0 });
  });
}

test('each layer responds with its number of active units, sample by sample (S.137)', () => {
  const { at, residual } = nets.relu;
  const g = engine.read(residual);
  const responses = layerResponses(engine, at, unitWise().direction(engine, at, residual, { damping: 0 }));
  at.signals.forEach((signal, l) => {
    const delta = engine.read(signal);
    const units = signal.shape[1]!;
    const active = g.map((_, n) => delta.subarray(n * units, (n + 1) * units).filter((value) => value !== 0).length);
    assertClose(
      responses[l]!,
      g.map((value, n) => active[n]! * value),
      factorised,
    );
  });
});

test('linearly dependent samples are solved by eigendecomposition, and it says so', () => {
  const { at, residual } = smallNetwork(engine, { widths: [2, 6, 6, 1], samples: 5, biasVariance: 0 });
  const { statistics, ...direction } = unitWise().direction(engine, at, residual, { damping: 0 });
  assert.equal(statistics.method, 'eigendecomposition');
  assert.ok(statistics.dropped >= 6 * 3);
  assert.ok(engine.read(explicitStep(engine, at, { ...direction, statistics })).every(Number.isFinite));
});

test('inactive samples do not change how a system is solved, whatever the scale of the Gram matrix', () => {
  for (const scale of [1e-20, 1, 1e20]) {
    const gram = engine.tensor(
      [2, 1, 0.5, 1, 2, 1, 0.5, 1, 2].map((value) => scale * value),
      [3, 3],
    );
    const delta = engine.tensor([1, 0, 0, 2, -1, 1], [3, 2]);
    const gradient = engine.tensor([1, 2, 3], [3, 1]);
    const { signals, statistics } = solveUnits(engine, { gram, delta, gradient, damping: 0, measureCondition: false });
    assert.equal(statistics.method, 'cholesky');
    // [2 0.5; 0.5 2] x = (1, −3) and [2 1; 1 2] x = (2/2, 3/1)
    const expected = [14 / 15, 0, 0, -1 / 3, -26 / 15, 5 / 3].map((value) => value / scale);
    assertClose(engine.read(signals), expected);
  }
});

test('more than one output is refused', () => {
  const { at, residual } = smallNetwork(engine, { widths: [4, 5, 2], samples: 2 });
  assert.throws(() => unitWise().direction(engine, at, residual, { damping: 0 }), UnsupportedNetworkError);
});

const narrow = smallNetwork(engine, { widths: [3, 8, 9, 1], samples: 6, biasVariance: 0 });

for (const damping of [0, 0.03])
  test(`with M0 < N the first layer moves by the pseudo-inverse of its singular blocks (ρ = ${damping})`, () => {
    const gradient = explicitGradient(engine, narrow.at, narrow.residual);
    const fisher = unitFisher(narrow);
    const expected =
      damping === 0
        ? pseudoSolveExplicitly(engine, fisher, gradient)
        : solveExplicitly(engine, fisher, gradient, damping);
    const direction = unitWise().direction(engine, narrow.at, narrow.residual, { damping });
    assertClose(
      engine.read(explicitStep(engine, narrow.at, direction)),
      engine.read(expected),
      damping === 0 ? { rtol: 1e-6, atol: 1e-6 } : factorised,
    );
  });

test('with M0 < N the answer of the layers after the first is isotropic, α = Σ_{1<l<L} γ_lM_l + C, and that of the first is not (C.2.2)', () => {
  const g = engine.read(narrow.residual);
  const direction = unitWise().direction(engine, narrow.at, narrow.residual, { damping: 0 });
  const [first, ...others] = layerResponses(engine, narrow.at, direction);
  // every unit of tanh is active on every sample
  assertClose(
    g.map((_, n) => others.reduce((sum, response) => sum + response[n]!, 0)),
    g.map((value) => (9 + 1) * value),
    factorised,
  );
  const alpha = first!.reduce((sum, value, n) => sum + value * g[n]!, 0) / Math.hypot(...g) ** 2;
  const apart = Math.hypot(...first!.map((value, n) => value - alpha * g[n]!));
  assert.ok(apart > 0.01 * alpha * Math.hypot(...g), `${apart}`);
});
