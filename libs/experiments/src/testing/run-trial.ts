import assert from 'node:assert/strict';
import { createReferenceEngine } from '@natsweep/linalg';
import type { z } from 'zod';
import type { Experiment, TrialResult } from '../experiment.ts';

/**
 * Runs one trial on the reference engine, with defaults filled in, and checks what every experiment promises: declared
 * metrics and traces and no others, the same numbers when run again, and no tensor left behind.
 */
export async function runTrial<Schema extends z.ZodObject>(
  experiment: Experiment<Schema>,
  params: object,
  seed = 1,
  dataFolder?: string,
): Promise<TrialResult> {
  const engine = createReferenceEngine();
  const once = async (): Promise<TrialResult> => {
    const trial = { trialId: 'trial', params: experiment.declaration.parameters.parse(params), seed };
    const context = { engine, signal: new AbortController().signal, dataFolder, progress: () => undefined };
    const results: TrialResult[] = [];
    for await (const result of experiment.run([trial], context)) results.push(result);
    assert.equal(results.length, 1);
    return results[0]!;
  };
  const result = await once();
  assert.deepEqual(Object.keys(result.metrics).sort(), Object.keys(experiment.declaration.metrics).sort());
  assert.deepEqual(Object.keys(result.traces).sort(), Object.keys(experiment.declaration.traces).sort());
  assert.equal(engine.liveTensors(), 0);
  assert.deepEqual(await once(), result);
  return result;
}
