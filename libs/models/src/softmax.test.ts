import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { explicitJacobian } from './jacobian.ts';
import { crossEntropy, softmax, whitenOutputs } from './softmax.ts';
import { smallNetwork } from './testing/index.ts';

const engine = createReferenceEngine();

test('softmax and cross-entropy are what their formulas say, and stand large logits', () => {
  const logits = engine.tensor([1, 2, 4, 1000, 0, -1000], [2, 3]);
  const [a, b, c] = [1, 2, 4].map(Math.exp) as [number, number, number];
  assertClose(engine.read(softmax(engine, logits)), [a / (a + b + c), b / (a + b + c), c / (a + b + c), 1, 0, 0]);
  const targets = engine.tensor([0, 1, 0, 0, 0, 1], [2, 3]);
  assertClose(crossEntropy(engine, logits, targets), (Math.log(a + b + c) - 2 + 2000) / 2);
});

test('the gradient of the cross-entropy is Jᵀ(σ − y)/N = J′ᵀg′/N, and J′ᵀJ′ = JᵀΛ̃J', () => {
  const { at } = smallNetwork(engine, { widths: [4, 5, 3], samples: 3 });
  const targets = engine.tensor([1, 0, 0, 0, 0, 1, 0, 1, 0], [3, 3]);
  const { at: whitened, residual } = whitenOutputs(engine, at, targets, 0.05);
  const [j, jPrime] = [explicitJacobian(engine, at), explicitJacobian(engine, whitened)];
  const p = engine.read(softmax(engine, at.outputs));
  const error = engine.tensor(
    p.map((value, i) => value - engine.read(targets)[i]!),
    [9, 1],
  );
  const gradient = engine.matmul(j, error, { transposeA: true });
  const { factorised } = tolerances.float64;
  assertClose(
    engine.read(engine.matmul(jPrime, engine.reshape(residual, [9, 1]), { transposeA: true })),
    engine.read(gradient),
    factorised,
  );
  const lambda = Float64Array.from({ length: 81 }, (_, index) => {
    const [i, k] = [Math.floor(index / 9), index % 9];
    if (Math.floor(i / 3) !== Math.floor(k / 3)) return 0;
    return (i === k ? p[i]! + 0.05 : 0) - p[i]! * p[k]!;
  });
  const fisher = engine.matmul(j, engine.matmul(engine.tensor(lambda, [9, 9]), j), { transposeA: true });
  assertClose(engine.read(engine.matmul(jPrime, jPrime, { transposeA: true })), engine.read(fisher), factorised);
});

test('without output damping the metric is singular, and that is refused', () => {
  const { at } = smallNetwork(engine, { widths: [4, 5, 3], samples: 1 });
  assert.throws(() => whitenOutputs(engine, at, engine.tensor([1, 0, 0], [1, 3]), 0), /outputDamping must be positive/);
});
