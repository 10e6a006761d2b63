/**
 * Every experiment gives the same observations whichever engine computes it. Sizes are small: what matters is that each
 * operation an experiment uses means the same thing everywhere.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { experiments } from '@natsweep/experiments';
import { createOpenblasEngine, findOpenblas } from '@natsweep/linalg-openblas';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';
import { assertClose } from '@natsweep/linalg/testing';
import type { Experiment, TrialResult } from '@natsweep/experiments';
import type { LinalgEngine } from '@natsweep/linalg';

/** Rounding differs from kernel to kernel, and a few dozen steps of an iteration may amplify it. */
const tolerance = { rtol: 1e-6, atol: 1e-9 };

/** Small values of the parameters that decide how long a trial takes. */
const small: Readonly<Record<string, number | string>> = {
  dataset: 'gaussian',
  samples: 12,
  testSamples: 6,
  inputDimension: 20,
  width: 48,
  steps: 6,
  dimension: 30,
  nonZero: 3,
  size: 6,
  observations: 24,
  stepSize: 0.25,
  flowTime: 1,
};

/** Forster's transformation needs at least as many samples as dimensions; the closed flow in the plane at most. */
const smallHere: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  'kfac-forster': { inputDimension: 8 },
  'planar-classification': { samples: 2 },
};

/** Parameters that choose the computation: every value that an experiment accepts is tried. */
const choices: Readonly<Record<string, readonly string[]>> = {
  approximation: ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac', 'unit-wise', 'gradient-descent'],
  method: ['egd', 'ngd', 'egf', 'ngf'],
};

const missing = [findOpenblas(), findTensorflow()].find((library) => !library.found);
const skip = missing === undefined || missing.found ? false : `${missing.reason}. ${missing.fix}`;

describe('experiments on openblas and on tfjs', { skip }, () => {
  for (const experiment of experiments)
    for (const chosen of variants(experiment))
      test([experiment.declaration.name, ...Object.values(chosen)].join(', '), async () => {
        const expected = await observe(experiment, createOpenblasEngine(), chosen);
        const actual = await observe(experiment, createTfjsEngine({ device: 'cpu' }), chosen);
        assert.equal(actual.outcome, expected.outcome);
        assert.deepEqual(Object.keys(actual.metrics), Object.keys(expected.metrics));
        for (const [name, values] of Object.entries(quantities(expected)))
          assert.doesNotThrow(() => assertClose(quantities(actual)[name]!, values, tolerance), name);
      });
});

/** Metrics and traces alike, as arrays. */
function quantities({ metrics, traces }: TrialResult): Record<string, ArrayLike<number>> {
  return { ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, [value]])), ...traces };
}

/** The values of `choices` that the experiment accepts; one empty set where it has no such parameter. */
function variants({ declaration }: Experiment): Readonly<Record<string, string>>[] {
  if (declaration.name === 'diagnostic') return [];
  const accepted = Object.entries(choices).flatMap(([name, values]) =>
    name in declaration.parameters.shape
      ? values.map((value) => ({ [name]: value })).filter((set) => declaration.parameters.safeParse(set).success)
      : [],
  );
  return accepted.length > 0 ? accepted : [{}];
}

async function observe(
  experiment: Experiment,
  engine: LinalgEngine,
  chosen: Readonly<Record<string, string>>,
): Promise<TrialResult> {
  const { name: title, parameters } = experiment.declaration;
  const known = Object.entries({ ...small, ...smallHere[title] }).filter(([name]) => name in parameters.shape);
  const params = parameters.parse({ ...Object.fromEntries(known), ...chosen });
  const context = { engine, signal: new AbortController().signal, progress: () => undefined };
  for await (const result of experiment.run([{ trialId: 'agreement', params, seed: 1 }], context)) return result;
  throw new Error(`${title} gave no result`);
}
