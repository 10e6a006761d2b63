/**
 * Every experiment gives the same observations whichever engine computes it, in float64, and runs in float32 on both. Sizes
 * are small: what matters is that each operation an experiment uses means the same thing everywhere.
 */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { experiments } from '@natsweep/experiments';
import { createOpenblasEngine, findOpenblas } from '@natsweep/linalg-openblas';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';
import { assertClose, tolerances } from '@natsweep/linalg/testing';
import type { Experiment, TrialResult } from '@natsweep/experiments';
import type { LinalgEngine } from '@natsweep/linalg';
import type { Parameters } from '@natsweep/sweep';
import { smallTrials } from './trials.ts';

const policy = tolerances.float64.factorised;

/** Quantities that lose digits wherever they are computed: what is left of the policy's relative tolerance. */
const illConditioned: readonly (readonly [experiment: RegExp, quantity: RegExp, rtol: number])[] = [
  // ‖Θ_t − Θ_0‖ of kernels that differ in their last digits at first: √ε of it is rounding
  [
    /^natural-flow-/,
    /^(bound|finalBound|boundRatio|boundOverStill|kernelBoundRatio|kernelBoundOverBound|kernelMovementRatio)$/,
    1e-7,
  ],
  // a small remainder of a large matrix
  [/^tridiagonal-coupling$/, /^anisotropicPart$/, 1e-8],
];

/** Two seeds, which some experiments compute together. */
const seeds = [1, 2];

const missing = [findOpenblas(), findTensorflow()].find((library) => !library.found);
const skip = missing === undefined || missing.found ? false : `${missing.reason}. ${missing.fix}`;
const numerical = experiments.filter(({ declaration }) => declaration.name !== 'diagnostic');

describe('experiments on openblas and on tfjs', { skip }, () => {
  for (const experiment of numerical) {
    const { name } = experiment.declaration;
    const trials = smallTrials(experiment);
    test(`${name}: the same observations, ${trials.length} kinds of trials`, async () => {
      assert.ok(trials.length > 0, 'trials.ts knows no parameters that the experiment accepts');
      const [openblas, tfjs] = [createOpenblasEngine(), createTfjsEngine()];
      for (const { title, params } of trials) {
        const expected = await observe(experiment, openblas, params);
        const actual = await observe(experiment, tfjs, params);
        for (const [i, { outcome, ...measured }] of expected.entries()) {
          assert.equal(actual[i]!.outcome, outcome, title);
          for (const [quantity, values] of Object.entries(quantities(measured)))
            agree(quantities(actual[i]!)[quantity]!, values, { experiment: name, quantity, title });
        }
      }
      assert.deepEqual([openblas.liveTensors(), tfjs.liveTensors()], [0, 0]);
    });

    test(`${name}: float32 on both`, async () => {
      for (const engine of [
        createOpenblasEngine({ precision: 'float32' }),
        createTfjsEngine({ precision: 'float32' }),
      ]) {
        for (const { title, params } of trials)
          for (const { outcome, metrics } of await observe(experiment, engine, { ...params, precision: 'float32' })) {
            assert.ok(Object.keys(metrics).length > 0, title);
            assert.notEqual(outcome, 'stopped', title);
          }
        assert.equal(engine.liveTensors(), 0);
      }
    });
  }
});

interface Place {
  readonly experiment: string;
  readonly quantity: string;
  readonly title: string;
}

function agree(actual: ArrayLike<number>, expected: ArrayLike<number>, { experiment, quantity, title }: Place): void {
  const left = illConditioned.find(([where, what]) => where.test(experiment) && what.test(quantity));
  const rtol = left?.[2] ?? policy.rtol;
  try {
    assertClose(actual, expected, { rtol, atol: policy.atol });
  } catch (error) {
    assert.fail(`${quantity} (${title}): ${(error as Error).message}`);
  }
}

/** Metrics and traces alike, as arrays. */
function quantities({
  metrics,
  traces,
}: Pick<TrialResult, 'metrics' | 'traces'>): Readonly<Record<string, ArrayLike<number>>> {
  return { ...Object.fromEntries(Object.entries(metrics).map(([name, value]) => [name, [value]])), ...traces };
}

async function observe(experiment: Experiment, engine: LinalgEngine, params: Parameters): Promise<TrialResult[]> {
  const trials = seeds.map((seed) => ({ trialId: `seed-${seed}`, params, seed }));
  const context = { engine, signal: new AbortController().signal, progress: () => undefined };
  const results: TrialResult[] = [];
  for await (const result of experiment.run(trials, context)) results.push(result);
  assert.equal(results.length, trials.length);
  return results.sort((a, b) => a.trialId.localeCompare(b.trialId));
}
