import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import type { Activation } from '@natsweep/models';
import { requireDistinctSamples, requireIndependentInputs, requireRegularMetric } from './independent-inputs.ts';

const engine = createReferenceEngine();

type Rows = readonly (readonly number[])[];

const given = (rows: Rows, { biasVariance = 0, depth = 2, activation = { name: 'relu' } as Activation } = {}) => ({
  train: { samples: rows.length, inputs: Float64Array.from(rows.flat()), targets: new Float64Array(rows.length) },
  architecture: {
    widths: [rows[0]!.length, ...Array.from({ length: depth - 1 }, () => 4), 1],
    activation,
    weightVariance: 2,
    biasVariance,
  },
});

const independent: Rows = [
  [1, 0, 0],
  [1, 2, 0],
];
/** Three distinct samples of rank 2. */
const dependent: Rows = [
  [1, 2, 3],
  [0, 1, 1],
  [1, 3, 4],
];
const opposite: Rows = [
  [1, 2],
  [-1, -2],
];

const refused = (message: RegExp) => ({ name: 'RefusedTrialError', code: 'TRIAL_REFUSED', message });

test('independent samples pass, dependent ones are refused with their rank', () => {
  requireIndependentInputs(engine, given(independent), { user: 'a rule' });
  assert.throws(
    () => requireIndependentInputs(engine, given(dependent), { user: 'a rule' }),
    refused(/^a rule needs linearly independent samples; the 3 samples have rank 2: take fewer$/),
  );
});

test('a bias counts as one more input', () => {
  assert.throws(() => requireIndependentInputs(engine, given(opposite), { user: 'a rule' }), /rank 1/);
  requireIndependentInputs(engine, given(opposite, { biasVariance: 0.5 }), { user: 'a rule' });
});

test('K-FAC and unit-wise need independent samples, exact and layer-wise metrics distinct ones', () => {
  for (const rule of ['kfac', 'unit-wise'])
    assert.throws(
      () => requireRegularMetric(engine, given(dependent), { approximation: rule }),
      refused(new RegExp(`^${rule} at damping 0 \\(Karakida & Osawa 2020, 4.3 and 5\\).*rank 2`)),
    );
  for (const rule of ['exact', 'block-diagonal', 'block-tridiagonal', 'layer-wise']) {
    requireRegularMetric(engine, given(dependent), { approximation: rule });
    assert.throws(
      () =>
        requireRegularMetric(engine, given([...dependent, [0, 1, 1]]), { approximation: rule, remedy: 'add damping' }),
      refused(
        new RegExp(
          `^${rule} at damping 0 \\(.*Assumption 2.*training samples 2 and 4 are equal: take others, or add damping$`,
        ),
      ),
    );
  }
});

test('one layer is linear: there every rule needs independent samples', () => {
  assert.throws(
    () => requireDistinctSamples(engine, given(dependent, { depth: 1 }), { user: 'exact' }),
    refused(/rank 2/),
  );
  requireDistinctSamples(engine, given(independent, { depth: 1 }), { user: 'exact' });
});
