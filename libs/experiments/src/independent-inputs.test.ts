import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createReferenceEngine } from '@natsweep/linalg';
import { createNetwork, linearise } from '@natsweep/models';
import { requireIndependentInputs } from './independent-inputs.ts';
import { RefusedTrialError } from './refused-trial.ts';

const engine = createReferenceEngine();
const at = (rows: readonly (readonly number[])[], biasVariance = 0) => {
  const widths = [rows[0]!.length, 4, 1];
  const network = createNetwork(engine, { widths, activation: { name: 'relu' }, weightVariance: 2, biasVariance }, 1);
  return linearise(engine, network, engine.tensor(rows.flat(), [rows.length, rows[0]!.length]));
};

test('independent samples pass, dependent ones are refused with their rank', () => {
  requireIndependentInputs(
    engine,
    at([
      [1, 0, 0],
      [1, 2, 0],
    ]),
    'kfac',
  );
  assert.throws(
    () =>
      requireIndependentInputs(
        engine,
        at([
          [1, 2, 3],
          [0, 1, 1],
          [1, 3, 4],
        ]),
        'kfac',
      ),
    (error: unknown) =>
      error instanceof RefusedTrialError && /kfac at damping 0.*the 3 samples have rank 2/.test(error.message),
  );
});

test('a bias counts as one more input', () => {
  const opposite = [
    [1, 2],
    [-1, -2],
  ];
  assert.throws(() => requireIndependentInputs(engine, at(opposite), 'unit-wise'), /rank 1/);
  requireIndependentInputs(engine, at(opposite, 0.5), 'unit-wise');
});
