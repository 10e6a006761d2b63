import assert from 'node:assert/strict';
import { test } from 'node:test';
import { erf } from '@natsweep/linalg';
import type { Activation } from '@natsweep/models';
import { secondMoment } from './activation-moments.ts';
import { dualActivation } from './dual-activation.ts';
import { mehlerCoefficients, powerSeries } from './hermite-series.ts';

const activations: Activation[] = [
  { name: 'relu' },
  { name: 'shifted-relu', shift: 0.6 },
  { name: 'tanh' },
  { name: 'erf' },
];
const label = (a: Activation) => (a.name === 'shifted-relu' ? `shifted-relu ${a.shift}` : a.name);
const functions: Record<Activation['name'], [(u: number) => number, (u: number) => number]> = {
  relu: [(u) => Math.max(u, 0), (u) => Number(u > 0)],
  'shifted-relu': [(u) => Math.max(u, -0.6), (u) => Number(u > -0.6)],
  tanh: [Math.tanh, (u) => 1 - Math.tanh(u) ** 2],
  erf: [erf, (u) => (2 / Math.sqrt(Math.PI)) * Math.exp(-u * u)],
};

/** The dual kernels as functions of one correlation. */
function scalarDual(activation: Activation, q: number) {
  const dual = dualActivation(activation, q);
  const at = (rho: number, part: 'forward' | 'backward'): number => {
    const results = { forward: new Float64Array(1), backward: new Float64Array(1) };
    dual(Float64Array.of(rho), results);
    return results[part][0]!;
  };
  return { forward: (rho: number) => at(rho, 'forward'), backward: (rho: number) => at(rho, 'backward') };
}

/** E g(u)g(v) by the midpoint rule in polar coordinates around the kink-free axes of (u, v): slow, and independent. */
function gridMean(g: (u: number) => number, q: number, rho: number): number {
  const step = 0.01;
  const scale = Math.sqrt(q);
  let sum = 0;
  for (let a = -7 + step / 2; a < 7; a += step)
    for (let b = -7 + step / 2; b < 7; b += step) {
      const [u, v] = [scale * a, scale * (rho * a + Math.sqrt(1 - rho * rho) * b)];
      sum += g(u) * g(v) * Math.exp(-(a * a + b * b) / 2);
    }
  return (sum * step * step) / (2 * Math.PI);
}

for (const activation of activations) {
  test(`the dual of ${label(activation)} is the Gaussian integral`, () => {
    for (const [q, rho] of [
      [0.5, 0.3],
      [1.7, -0.6],
    ] as const) {
      const { forward, backward } = scalarDual(activation, q);
      const [phi, slope] = functions[activation.name];
      // the grid resolves kinks to the square of its step and jumps to first order in it
      const tolerance = activation.name.endsWith('relu')
        ? { forward: 1e-5, backward: 2e-3 }
        : { forward: 1e-9, backward: 1e-9 };
      assert.ok(Math.abs(forward(rho) - gridMean(phi, q, rho)) < tolerance.forward);
      assert.ok(Math.abs(backward(rho) - gridMean(slope, q, rho)) < tolerance.backward);
    }
  });

  test(`the forward kernel of ${label(activation)} is the second moment at ρ = 1 and has slope qΞ (Price)`, () => {
    for (const q of [0.2, 1.4, 2.5]) {
      const { forward, backward } = scalarDual(activation, q);
      assert.ok(Math.abs(forward(1) - secondMoment(activation, q)) < 1e-11);
      for (const rho of [-0.9, -0.2, 0.4, 0.95]) {
        const slope = (forward(rho + 1e-5) - forward(rho - 1e-5)) / 2e-5;
        assert.ok(Math.abs(slope - q * backward(rho)) < 1e-7, `q ${q}, ρ ${rho}: ${slope} and ${q * backward(rho)}`);
      }
    }
  });
}

test('the series that stands in for a closed form of tanh has that of erf as its sum', () => {
  for (const q of [0.2, 1.4, 2.5]) {
    const scale = Math.sqrt(q);
    const [phi, slope] = functions.erf;
    const closed = scalarDual({ name: 'erf' }, q);
    const series = [phi, slope].map((g) => mehlerCoefficients((z) => g(scale * z)));
    for (const rho of [-1, -0.6, 0, 0.3, 0.95, 1]) {
      assert.ok(Math.abs(powerSeries(series[0]!, rho) - closed.forward(rho)) < 1e-9, `A at q ${q}, ρ ${rho}`);
      assert.ok(Math.abs(powerSeries(series[1]!, rho) - closed.backward(rho)) < 1e-7, `Ξ at q ${q}, ρ ${rho}`);
    }
  }
});

test('the shifted ReLU is the ReLU at s = 0 and linear for large s, at ρ = ±1 too', () => {
  const [relu, zero, linear] = [
    scalarDual({ name: 'relu' }, 1.3),
    scalarDual({ name: 'shifted-relu', shift: 0 }, 1.3),
    scalarDual({ name: 'shifted-relu', shift: 30 }, 1.3),
  ];
  for (const rho of [-1, -0.5, 0, 0.7, 1]) {
    assert.ok(Math.abs(relu.forward(rho) - zero.forward(rho)) < 1e-13);
    assert.ok(Math.abs(relu.backward(rho) - zero.backward(rho)) < 1e-13);
    assert.ok(Math.abs(linear.forward(rho) - 1.3 * rho) < 1e-10);
    assert.ok(Math.abs(linear.backward(rho) - 1) < 1e-13);
  }
});
