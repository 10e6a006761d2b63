/**
 * Experiments compute the trials of a batch together only if their declaration says so. The time limit of a trial, and how much
 * of a batch is lost with its process, rest on that.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { experiments, type Experiment } from '@natsweep/experiments';
import { createReferenceEngine, type LinalgEngine } from '@natsweep/linalg';
import type { Parameters } from '@natsweep/sweep';
import { smallTrials } from './trials.ts';

for (const experiment of experiments) {
  const { name, computesTogether = false } = experiment.declaration;
  test(`${name} computes trials ${computesTogether ? 'together' : 'one at a time'}, as it declares`, async () => {
    const { params } = smallTrials(experiment)[0]!;
    const alone = await untilFirstResult(experiment, params, [1]);
    const batch = await untilFirstResult(experiment, params, [1, 2, 3]);
    assert.ok(alone.length > 1, 'nothing is seen of what it computes');
    if (computesTogether) assert.notDeepEqual(batch, alone);
    else assert.deepEqual(batch, alone);
  });
}

/** What an experiment asks of its engine, and tells of its progress, before it has the first result. */
async function untilFirstResult(
  { declaration, run }: Experiment,
  params: Parameters,
  seeds: readonly number[],
): Promise<readonly string[]> {
  const seen: string[] = [];
  const trials = seeds.map((seed) => ({ trialId: `seed ${seed}`, params: declaration.parameters.parse(params), seed }));
  const results = run(trials, {
    engine: watched(createReferenceEngine(), seen),
    signal: new AbortController().signal,
    progress: (trialId, stepsDone) => seen.push(`${trialId}: ${stepsDone} steps`),
  });
  for await (const { trialId } of results) return [...seen, `${trialId}: done`];
  return seen;
}

/** An engine of which is noted what is asked, and of what shapes. */
function watched(engine: LinalgEngine, seen: string[]): LinalgEngine {
  return new Proxy(engine, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      return (...given: readonly unknown[]) => {
        seen.push(`${String(property)} ${given.map(shapeOf).join(', ')}`);
        return Reflect.apply(value, target, given) as unknown;
      };
    },
  });
}

function shapeOf(given: unknown): string {
  const { shape, length } = (given ?? {}) as { readonly shape?: readonly number[]; readonly length?: number };
  return `[${shape?.join() ?? length ?? ''}]`;
}
