import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { linearise, outputs } from './linearisation.ts';
import { createNetwork, freeNetwork, parameterCount } from './network.ts';
import type { Architecture } from './network.ts';

const engine = createReferenceEngine();
const architecture: Architecture = {
  widths: [3, 4, 2],
  activation: { name: 'relu' },
  weightVariance: 2,
  biasVariance: 0.5,
};

test('u = σ_w/√M W h + σ_b b, h = φ(u), f = u_L, written out entry by entry', () => {
  const network = createNetwork(engine, architecture, 3);
  const x = [0.3, -1.2, 0.7];
  const [first, second] = network.layers.map(({ weights, biases }) => ({
    w: engine.read(weights),
    b: engine.read(biases!),
  }));
  const hidden = Array.from({ length: 4 }, (_, i) => {
    const sum = x.reduce((total, value, j) => total + first!.w[i * 3 + j]! * value, 0);
    return Math.max(0, Math.sqrt(2 / 3) * sum + Math.sqrt(0.5) * first!.b[i]!);
  });
  const expected = Array.from({ length: 2 }, (_, k) => {
    const sum = hidden.reduce((total, value, j) => total + second!.w[k * 4 + j]! * value, 0);
    return Math.sqrt(2 / 4) * sum + Math.sqrt(0.5) * second!.b[k]!;
  });
  const actual = engine.read(outputs(engine, network, engine.tensor(x, [1, 3])));
  expected.forEach((value, k) => assert.ok(Math.abs(value - actual[k]!) < 1e-14));
});

test('equal seeds give equal weights; a deeper network starts with the same first layer', () => {
  const read = (a: Architecture, seed: number) => engine.read(createNetwork(engine, a, seed).layers[0]!.weights);
  assert.deepEqual(read(architecture, 5), read({ ...architecture, widths: [3, 4, 4, 2] }, 5));
  assert.notDeepEqual(read(architecture, 5), read(architecture, 6));
});

test('a network without bias variance has no biases, and P counts only what exists', () => {
  const bare = { ...architecture, biasVariance: 0 };
  assert.ok(createNetwork(engine, bare, 1).layers.every(({ biases }) => biases === undefined));
  assert.deepEqual([parameterCount(architecture), parameterCount(bare)], [3 * 4 + 4 + 4 * 2 + 2, 3 * 4 + 4 * 2]);
});

test('linearising leaves only its own tensors behind, and a freed network none', () => {
  const before = engine.liveTensors();
  const network = createNetwork(engine, architecture, 1);
  const inputs = engine.full([2, 3], 0.5);
  const owned = engine.liveTensors() - before;
  engine.scope(() => {
    linearise(engine, network, inputs);
  });
  assert.equal(engine.liveTensors() - before, owned);
  freeNetwork(engine, network);
  engine.free(inputs);
  assert.equal(engine.liveTensors(), before);
});

test('impossible architectures are refused by name', () => {
  const refused: [Partial<Architecture>, RegExp][] = [
    [{ widths: [3, 0, 1] }, /widths/],
    [{ widths: [3] }, /widths/],
    [{ weightVariance: 0 }, /weightVariance/],
    [{ biasVariance: -1 }, /biasVariance/],
    [{ activation: { name: 'shifted-relu', shift: -1 } }, /shift/],
  ];
  for (const [change, message] of refused)
    assert.throws(() => createNetwork(engine, { ...architecture, ...change }, 1), message);
});
