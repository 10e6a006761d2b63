import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { matrixCompletion } from './matrix-completion.ts';
import { planarClassification } from './planar-classification.ts';
import { sparseClassification } from './sparse-classification.ts';

test('sparse classification labels Gaussian inputs by the sign of their first components', () => {
  const { inputs, labels, separator } = sparseClassification({ seed: 3, samples: 200, dimension: 30, nonZero: 4 });
  assert.deepEqual([...separator], [1, 1, 1, 1, ...new Array<number>(26).fill(0)]);
  for (let n = 0; n < 200; n++) {
    const sum = [0, 1, 2, 3].reduce((partial, d) => partial + inputs[n * 30 + d]!, 0);
    assert.ok(labels[n]! * sum > 0);
  }
  const variance = inputs.reduce((sum, x) => sum + x * x, 0) / inputs.length;
  assert.ok(Math.abs(variance - 1) < 0.05, `variance ${variance}`);
});

test('a larger sample of a seed begins with the smaller one', () => {
  const options = { seed: 5, dimension: 7, nonZero: 2 };
  const few = sparseClassification({ ...options, samples: 10 });
  const many = sparseClassification({ ...options, samples: 25 });
  assert.deepEqual(many.inputs.subarray(0, 70), few.inputs);
  assert.deepEqual(many.labels.subarray(0, 10), few.labels);
});

test('the planar toy keeps the three large-margin separators that its anchors fix', () => {
  for (const seed of [0, 1, 2]) {
    const { inputs, labels } = planarClassification({ seed, samples: 40 });
    assert.ok(labels.includes(1) && labels.includes(-1));
    const l2 = [25 / 34, 15 / 34];
    const l1 = [35 / 38, 5 / 38];
    const axis = [1.25, 0];
    for (const [a, b] of [l2, l1, axis]) {
      const margins = [...labels].map((y, n) => y * (a! * inputs[2 * n]! + b! * inputs[2 * n + 1]!));
      assertClose(Math.min(...margins), 1);
      assert.equal(margins.filter((margin) => margin < 1.05).length, a === l1[0] ? 2 : 1);
    }
    const [x, y] = [0, 1].map((axis) => labels.reduce((sum, label, n) => sum + label * inputs[2 * n + axis]!, 0));
    assert.ok(y! / x! < 0.6, 'the mean lies below the lower of the fixed data, (1, 0.6)');
  }
});

test('matrix completion draws a matrix of the given rank and scale, and nested observations', () => {
  const engine = createReferenceEngine();
  const options = { seed: 1, size: 12, rank: 3 };
  const { target, observed } = matrixCompletion({ ...options, observations: 50 });
  const { s } = engine.svd(engine.tensor(target, [12, 12]));
  const values = engine.read(s);
  assert.equal(values.filter((value) => value > 1e-10).length, 3);
  assertClose(
    target.reduce((sum, value) => sum + value * value, 0),
    144,
  );
  assert.equal(
    observed.reduce((sum, value) => sum + value, 0),
    50,
  );
  const more = matrixCompletion({ ...options, observations: 90 });
  assert.ok(observed.every((value, entry) => value <= more.observed[entry]!));
});

test('impossible sizes are refused', () => {
  assert.throws(() => sparseClassification({ seed: 0, samples: 3, dimension: 4, nonZero: 5 }), RangeError);
  assert.throws(() => planarClassification({ seed: 0, samples: 1 }), RangeError);
  assert.throws(() => matrixCompletion({ seed: 0, size: 3, rank: 4, observations: 2 }), RangeError);
  assert.throws(() => matrixCompletion({ seed: 0, size: 3, rank: 1, observations: 10 }), RangeError);
});
