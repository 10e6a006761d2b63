import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { explicitJacobian, linearise } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import {
  convergedDiscrepancyBound,
  discrepancyBound,
  kernelDriftIntegral,
  kernelMovementBound,
  kernelMovementLimit,
  stillDiscrepancyBound,
} from './discrepancy-bound.ts';
import { flowOutputs, flowParameterDual, flowResidual, naturalKernel } from './natural-flow.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;
const { at, inputs, residual } = smallNetwork(engine, { widths: [4, 6, 6, 2], samples: 3 });
const rows = linearise(engine, at.network, engine.binary('multiply', 0.7, engine.slice(inputs, [[0, 2]])));
const [j, jRows] = [explicitJacobian(engine, at), explicitJacobian(engine, rows)];
const g0 = engine.reshape(residual, [-1, 1]);

/** RK4 on θ̇ = −ησ²J⁺g of the linearised network with everything written out; returns f(X) − Y, f(x) − f_0(x), θ − θ_0. */
function integrate(time: number, rate: number): { train: Float64Array; test: Float64Array; theta: Float64Array } {
  const inverse = engine.matmul(j, engine.solve(engine.matmul(j, j, { transposeB: true }), engine.eye(6)), {
    transposeA: true,
  });
  const slope = (theta: ReturnType<typeof engine.tensor>) =>
    engine.binary('multiply', -rate, engine.matmul(inverse, engine.binary('add', g0, engine.matmul(j, theta))));
  const steps = 200;
  const h = time / steps;
  let theta = engine.full([j.shape[1]!, 1], 0);
  for (let i = 0; i < steps; i++) {
    const move = (k: typeof theta, scale: number) => engine.binary('add', theta, engine.binary('multiply', scale, k));
    const k1 = slope(theta);
    const k2 = slope(move(k1, h / 2));
    const k3 = slope(move(k2, h / 2));
    const k4 = slope(move(k3, h));
    for (const [k, weight] of [
      [k1, h / 6],
      [k2, h / 3],
      [k3, h / 3],
      [k4, h / 6],
    ] as const)
      theta = move(k, weight);
  }
  return {
    train: engine.read(engine.binary('add', g0, engine.matmul(j, theta))),
    test: engine.read(engine.matmul(jRows, theta)),
    theta: engine.read(theta),
  };
}

test('Propositions 1 to 5 against an integration of the flow with σ² = 2.5, η = 0.8', () => {
  const [sigma2, eta, time] = [2.5, 0.8, 0.9];
  const tau = eta * sigma2 * time;
  const flow = integrate(time, eta * sigma2);
  assertClose(flow.train, flowResidual(engine.read(g0), tau), { rtol: 1e-7, atol: 1e-7 });
  const pull = engine.read(engine.matmul(naturalKernel(engine, rows, at), g0));
  assertClose(
    flow.test,
    flowOutputs(
      flow.test.map(() => 0),
      pull,
      tau,
    ),
    { rtol: 1e-7, atol: 1e-7 },
  );
  const theta = engine.matmul(j, flowParameterDual(engine, at, residual, tau), { transposeA: true });
  assertClose(
    flow.theta,
    engine.read(theta).map((value) => -value),
    { rtol: 1e-7, atol: 1e-7 },
  );
  const printed = flowOutputs(
    flow.test.map(() => 0),
    pull,
    tau,
    sigma2,
  );
  assert.ok(Math.hypot(...printed.map((value, i) => value - flow.test[i]!)) > 0.5 * Math.hypot(...flow.test));
});

test('the natural NTK is the identity on the training points, and the flow starts at f_0 and ends at Y', () => {
  assertClose(engine.read(naturalKernel(engine, at, at)), engine.read(engine.eye(6)), factorised);
  assertClose(flowResidual(engine.read(g0), 0), engine.read(g0));
  assertClose(flowResidual(engine.read(g0), 60), new Float64Array(6));
  assertClose(flowOutputs(Float64Array.of(1, 2), Float64Array.of(3, 5), 0), [1, 2]);
  assertClose(flowOutputs(Float64Array.of(1, 2), Float64Array.of(3, 5), 60), [-2, -3]);
});

test('without movement the bound is 2 ‖g_0‖ √(λ_max/λ_min) (1 − e^{−τ}), and Corollary 7 is above it', () => {
  const start = { residual: 3, largestGram: 8 };
  const still = Array.from({ length: 4001 }, (_, i) => ({ tau: i / 400, smallestGram: 2, jacobianMovement: 0 }));
  const bound = discrepancyBound(start, still);
  assert.equal(bound[0], 0);
  [400, 2000, 4000].forEach((i) =>
    assertClose(bound[i]!, 2 * 3 * 2 * (1 - Math.exp(-i / 400)), { rtol: 1e-5, atol: 0 }),
  );
  assert.equal(convergedDiscrepancyBound(start, 2), 18);
});

test('a drift that grows as s is integrated to 1 − (1 + τ) e^{−τ}, and its norm bound is that of its largest direction', () => {
  const samples = Array.from({ length: 2001 }, (_, i) => {
    const tau = i / 400;
    return { tau, kernelMovement: 2 * tau, drift: Float64Array.of(3 * tau, -4 * tau) };
  });
  const grown = (i: number) => 1 - (1 + samples[i]!.tau) * Math.exp(-samples[i]!.tau);
  const [integrals, bounds] = [kernelDriftIntegral(samples), kernelMovementBound(2.5, samples)];
  assert.deepEqual(Array.from(integrals[0]!), [0, 0]);
  for (const i of [400, 2000]) {
    assertClose(integrals[i]!, [3 * grown(i), -4 * grown(i)], { rtol: 1e-5, atol: 0 });
    // ‖drift‖ = ‖K_0 − K_s‖ ‖g_0‖ here: the two meet
    assertClose(bounds[i]!, 5 * grown(i), { rtol: 1e-5, atol: 0 });
  }
});

test('Lemma 1 bounds the movement of the natural NTK between any two networks', () => {
  const largest = (gram: ReturnType<typeof engine.tensor>) => engine.read(engine.eigh(gram).values).at(-1)!;
  const gram = (a: ReturnType<typeof engine.tensor>) => engine.matmul(a, a, { transposeB: true });
  const smallest = (a: ReturnType<typeof engine.tensor>) => engine.read(engine.eigh(gram(a)).values)[0]!;
  for (const seed of [2, 3, 4, 5]) {
    const other = smallNetwork(engine, { widths: [4, 6, 6, 2], samples: 3, seed }).at.network;
    const now = { train: linearise(engine, other, inputs), rows: linearise(engine, other, rows.activations[0]!) };
    const [jNow, jRowsNow] = [explicitJacobian(engine, now.train), explicitJacobian(engine, now.rows)];
    const moved = engine.binary(
      'subtract',
      naturalKernel(engine, now.rows, now.train),
      naturalKernel(engine, rows, at),
    );
    const sampleOf = (x: typeof j, movement: number) => ({
      tau: 0,
      smallestGram: smallest(x),
      jacobianMovement: movement,
    });
    const movement = Math.sqrt(largest(gram(engine.binary('subtract', jRowsNow, jRows))));
    const [first, sample] = [sampleOf(j, 0), sampleOf(jNow, movement)];
    const limit = kernelMovementLimit(largest(gram(jRows)), first, sample);
    assertClose(limit, written(jRows, j) + written(jRows, jNow) + movement / Math.sqrt(smallest(jNow)), factorised);
    assert.ok(Math.sqrt(largest(gram(moved))) <= limit);
  }
  /** √(λ_max(G(x))/λ_min(G(X))) */
  function written(x: typeof j, train: typeof j): number {
    return Math.sqrt(largest(gram(x)) / smallest(train));
  }
});

test('the bound of a network at rest is that of Theorem 1 without movement', () => {
  const start = { residual: 3, largestGram: 8 };
  const samples = Array.from({ length: 4001 }, (_, i) => ({ tau: i / 400, smallestGram: 2, jacobianMovement: 0 }));
  const bound = discrepancyBound(start, samples);
  assertClose(bound[2000]!, stillDiscrepancyBound(start, samples[0]!, 5), { rtol: 1e-5, atol: 0 });
  assertClose(stillDiscrepancyBound(start, samples[0]!, Infinity), 2 * 3 * 2);
});
