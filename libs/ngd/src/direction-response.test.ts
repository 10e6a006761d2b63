import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { directionResponse, explicitJacobian, linearise } from '@natsweep/models';
import { smallNetwork } from '@natsweep/models/testing';
import { createRule } from './create-rule.ts';
import { explicitStep } from './testing/explicit-metric.ts';

const engine = createReferenceEngine();

for (const approximation of ['exact', 'block-tridiagonal', 'kfac', 'unit-wise', 'diagonal', 'quasi-diagonal'] as const)
  for (const [classes, biasVariance] of [
    [1, 0],
    [1, 0.3],
    [2, 0.3],
  ] as const) {
    if (classes > 1 && (approximation === 'kfac' || approximation === 'unit-wise')) continue;
    test(`outputs elsewhere answer ${approximation} with J(x)Δθ (C = ${classes}, σ_b² = ${biasVariance})`, () => {
      const { at, inputs, residual } = smallNetwork(engine, { widths: [4, 5, 5, classes], samples: 3, biasVariance });
      const direction = createRule(approximation).direction(engine, at, residual, { damping: 0.1 });
      const elsewhere = linearise(engine, at.network, engine.binary('multiply', -0.6, engine.slice(inputs, [[0, 2]])));
      const expected = engine.matmul(explicitJacobian(engine, elsewhere), explicitStep(engine, at, direction));
      assertClose(engine.read(directionResponse(engine, elsewhere, direction)), engine.read(expected));
    });
  }
