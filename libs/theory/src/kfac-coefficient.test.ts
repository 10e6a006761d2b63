import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import { defaultKfacForm, explicitJacobian, linearise } from '@natsweep/models';
import type { KfacForm } from '@natsweep/models';
import { explicitKfacMetric, smallNetwork } from '@natsweep/models/testing';
import { kfacCoefficient } from './kfac-coefficient.ts';

const engine = createReferenceEngine();
const { factorised } = tolerances.float64;
const samples = 4;

const forms = (['factors', 'pi', 'exact'] as const).flatMap((damping) =>
  (['augmented', 'separate'] as const).map((bias): KfacForm => ({ damping, bias })),
);

for (const form of forms)
  for (const biasVariance of [0, 0.3])
    test(`Θ̄(x′, x) of K-FAC damped by ${form.damping} is J(x′)G⁻¹Jᵀ/N (${form.bias} biases, σ_b² = ${biasVariance})`, () => {
      const { at, inputs } = smallNetwork(engine, { widths: [6, 5, 4, 1], samples, biasVariance });
      const test = linearise(engine, at.network, engine.slice(inputs, [[1, 3]]));
      const inverse = engine.solve(
        explicitKfacMetric(engine, at, { damping: 0.05, form }),
        engine.transpose(explicitJacobian(engine, at)),
      );
      for (const rows of [at, test]) {
        const expected = engine.binary('divide', engine.matmul(explicitJacobian(engine, rows), inverse), samples);
        const actual = kfacCoefficient(engine, { rows, columns: at }, { damping: 0.05, form });
        assertClose(engine.read(actual), engine.read(expected), factorised);
      }
    });

test('at ρ = 0 Θ̄ is NL I, or with a block for the biases N(2L − 1) I + 11ᵀ (S.107, S.123)', () => {
  const { at } = smallNetwork(engine, { widths: [6, 7, 7, 1], samples });
  const theta = (form: KfacForm) =>
    engine.read(kfacCoefficient(engine, { rows: at, columns: at }, { damping: 0, form }));
  const expected = (diagonal: number, everywhere: number) =>
    Array.from({ length: samples ** 2 }, (_, i) => (i % (samples + 1) === 0 ? diagonal : 0) + everywhere);
  assertClose(theta(defaultKfacForm), expected(samples * 3, 0), factorised);
  assertClose(theta({ damping: 'exact', bias: 'separate' }), expected(samples * 5, 1), factorised);
});
