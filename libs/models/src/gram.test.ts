import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose } from '@natsweep/linalg/testing';
import { empiricalNtk, layerKernel } from './gram.ts';
import { explicitJacobian, parameterLayout } from './jacobian.ts';
import { linearise } from './linearisation.ts';
import { smallNetwork } from './testing/index.ts';

const engine = createReferenceEngine();

for (const classes of [1, 3])
  for (const biasVariance of [0, 0.5])
    test(`layer kernels are J_l(x′)J_l(x)ᵀ/N (C = ${classes}, σ_b² = ${biasVariance})`, () => {
      const { at, inputs } = smallNetwork(engine, { widths: [4, 6, 5, classes], samples: 5, biasVariance });
      const rows = linearise(engine, at.network, engine.slice(inputs, [[1, 3]]));
      const [jRows, jColumns] = [explicitJacobian(engine, rows), explicitJacobian(engine, at)];
      parameterLayout(at.network.architecture).forEach(({ weights, biases }, index) => {
        const range = [weights[0], biases[1]] as const;
        const explicit = engine.binary(
          'multiply',
          1 / 5,
          engine.matmul(engine.slice(jRows, [null, range]), engine.slice(jColumns, [null, range]), {
            transposeB: true,
          }),
        );
        assertClose(engine.read(layerKernel(engine, rows, at, index + 1)), engine.read(explicit), {
          rtol: 1e-12,
          atol: 1e-14,
        });
      });
      const whole = engine.binary('multiply', 1 / 5, engine.matmul(jRows, jColumns, { transposeB: true }));
      assertClose(engine.read(empiricalNtk(engine, rows, at)), engine.read(whole));
    });
