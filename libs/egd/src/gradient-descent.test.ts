import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { applyDirection, explicitJacobian } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { gradientDescent } from './gradient-descent.ts';
import { fastestStableRate } from './learning-rate.ts';

const engine = createReferenceEngine();

for (const classes of [1, 3])
  test(`a step moves the weights by −η Jᵀ(f − y)/N (C = ${classes})`, () => {
    const { at, residual } = smallNetwork(engine, { widths: [4, 5, 6, classes], samples: 3 });
    const read = () =>
      at.network.layers.flatMap(({ weights, biases }) => [...engine.read(weights), ...engine.read(biases!)]);
    const before = read();
    const gradient = engine.read(
      engine.matmul(explicitJacobian(engine, at), engine.reshape(residual, [-1, 1]), { transposeA: true }),
    );
    applyDirection(engine, at.network, gradientDescent().direction(engine, at, residual, { damping: 0 }), 0.7);
    assertClose(
      read(),
      before.map((value, i) => value - (0.7 * gradient[i]!) / 3),
    );
  });

test('the fastest stable rate is 1/λ_max(JJᵀ/N)', () => {
  const { at } = smallNetwork(engine, { widths: [4, 5, 6, 2], samples: 3 });
  const singular = engine.read(engine.svd(explicitJacobian(engine, at)).s);
  assertClose(fastestStableRate(engine, at), 3 / singular[0]! ** 2);
});
