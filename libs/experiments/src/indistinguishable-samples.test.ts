import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine, RandomStream } from '@natsweep/linalg';
import { createNetwork, empiricalNtk, freeNetwork, linearise } from '@natsweep/models';
import type { Activation } from '@natsweep/models';
import fc from 'fast-check';
import { indistinguishableSamples } from './indistinguishable-samples.ts';

const engine = createReferenceEngine();
const epsilon = 2 ** -52;
const dimension = 3;

type Rows = readonly (readonly number[])[];

const architectureOf = (activation: Activation, biasVariance: number, depth = 3) => ({
  widths: [dimension, ...Array.from({ length: depth - 1 }, () => 40), 1],
  activation,
  weightVariance: 2,
  biasVariance,
});

const found = (rows: Rows, activation: Activation, biasVariance = 0): string | undefined =>
  indistinguishableSamples(
    { samples: rows.length, inputs: Float64Array.from(rows.flat()), targets: new Float64Array(rows.length) },
    architectureOf(activation, biasVariance),
    epsilon,
  );

/** λ_min/λ_max of the tangent kernel of a network with random weights. */
function reciprocalCondition(rows: Rows, activation: Activation, biasVariance: number): number {
  return engine.scope(() => {
    const network = createNetwork(engine, architectureOf(activation, biasVariance), 1);
    const at = linearise(engine, network, engine.tensor(rows.flat(), [rows.length, dimension]));
    const eigenvalues = engine.read(engine.eigh(empiricalNtk(engine, at, at)).values);
    freeNetwork(engine, network);
    return eigenvalues[0]! / eigenvalues.at(-1)!;
  });
}

const activations: readonly Activation[] = [
  { name: 'relu' },
  { name: 'shifted-relu', shift: 1 },
  { name: 'tanh' },
  { name: 'erf' },
];

test('what is reported makes the kernel of a network singular, and what is not does not', () => {
  const base: Rows = [
    [1, 2, -1],
    [-0.5, 0.3, 1],
    [0.7, -1.1, 0.4],
    [1.2, 0.9, 0.8],
    [-1, 0.2, -0.6],
  ];
  const extra: Readonly<Record<string, readonly number[]>> = {
    equal: [-0.5, 0.3, 1],
    factor: [-1, 0.6, 2],
    sign: [0.5, -0.3, -1],
    zero: [0, 0, 0],
    other: [0.1, 1.3, 0.5],
  };
  const reported = new Set<string>();
  for (const activation of activations)
    for (const biasVariance of [0, 0.5])
      for (const [kind, row] of Object.entries(extra)) {
        const rows = [...base, row];
        const singular = reciprocalCondition(rows, activation, biasVariance) < 1e-13;
        const name = `${activation.name}, σ_b² = ${biasVariance}, ${kind}`;
        assert.equal(found(rows, activation, biasVariance) !== undefined, singular, name);
        if (singular) reported.add(name);
      }
  // four zero samples, eight equal ones, a factor for ReLU, a sign for tanh and erf
  assert.equal(reported.size, 15);
});

test('what was found is said', () => {
  const pair = (second: readonly number[]): Rows => [[1, 2, -1], [0.3, 1, 1], second];
  assert.equal(found(pair([1, 2, -1]), { name: 'tanh' }, 1), 'training samples 1 and 3 are equal');
  assert.match(found(pair([2, 4, -2]), { name: 'relu' })!, /^training samples 1 and 3 differ by a factor.*ReLU/);
  assert.match(found(pair([-1, -2, 1]), { name: 'erf' })!, /^training samples 1 and 3 differ in sign.*erf/);
  assert.equal(found(pair([0, 0, 0]), { name: 'relu' }), 'training sample 3 is zero and there are no biases');
});

test('a copy is found wherever it stands among random samples, and none where there is none', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1e6 }), fc.nat({ max: 39 }), fc.nat({ max: 39 }), (seed, from, to) => {
      const values = new RandomStream(seed, 'rows').normals(40 * dimension);
      const rows = Array.from({ length: 40 }, (_, n) => [...values.subarray(n * dimension, (n + 1) * dimension)]);
      assert.equal(found(rows, { name: 'relu' }), undefined);
      if (from === to) return;
      rows[to] = rows[from]!.map((value) => value * 1.7);
      const [first, second] = [Math.min(from, to) + 1, Math.max(from, to) + 1];
      assert.match(found(rows, { name: 'relu' })!, new RegExp(`^training samples ${first} and ${second} differ`));
    }),
    { numRuns: 50 },
  );
});

test('nearer than the square root of rounding counts as equal, farther does not', () => {
  const apart = (distance: number): Rows => [
    [1, 0, 0],
    [1, distance, 0],
  ];
  assert.match(found(apart(1e-9), { name: 'tanh' })!, /are equal/);
  assert.equal(found(apart(1e-6), { name: 'tanh' }), undefined);
});
