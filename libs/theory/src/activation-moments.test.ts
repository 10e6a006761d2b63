import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RandomStream, erf } from '@natsweep/linalg';
import type { Activation } from '@natsweep/models';
import { activeFraction, secondMoment } from './activation-moments.ts';

const functions: Record<Activation['name'], (u: number) => number> = {
  relu: (u) => Math.max(u, 0),
  'shifted-relu': (u) => Math.max(u, -0.7),
  tanh: Math.tanh,
  erf,
};
const activations: Activation[] = [
  { name: 'relu' },
  { name: 'shifted-relu', shift: 0.7 },
  { name: 'tanh' },
  { name: 'erf' },
];

for (const activation of activations)
  test(`moments of ${activation.name} agree with 200,000 draws`, () => {
    const draws = new RandomStream(1, 'test/moments').normals(200_000);
    for (const q of [0.3, 1.4]) {
      const squares = draws.map((z) => functions[activation.name](Math.sqrt(q) * z) ** 2);
      const mean = squares.reduce((a, b) => a + b) / squares.length;
      const variance = squares.reduce((a, b) => a + (b - mean) ** 2, 0) / squares.length;
      assert.ok(Math.abs(secondMoment(activation, q) - mean) < 5 * Math.sqrt(variance / squares.length));
      const active = draws.filter(
        (z) => functions[activation.name](Math.sqrt(q) * z + 1e-9) !== functions[activation.name](Math.sqrt(q) * z),
      );
      assert.ok(
        Math.abs(activeFraction(activation, q) - active.length / draws.length) < 5 * Math.sqrt(0.25 / draws.length),
      );
    }
  });

test('the shifted ReLU is the ReLU at s = 0 and linear as s grows', () => {
  assert.equal(secondMoment({ name: 'shifted-relu', shift: 0 }, 1.3), 0.65);
  assert.ok(Math.abs(secondMoment({ name: 'shifted-relu', shift: 40 }, 1.3) - 1.3) < 1e-12);
  assert.equal(activeFraction({ name: 'shifted-relu', shift: 0 }, 1.3), 0.5);
});
