import { setImmediate } from 'node:timers/promises';
import { deepLinearTheorems as declaration } from '@natsweep/catalogue';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { interpolantCosines, logitRun, outcomeOf, type Measured } from './theorem-logits.ts';
import { invarianceDeviations, marginCounterexample, olsDeviation } from './theorem-transforms.ts';

type Params = z.infer<typeof declaration.parameters>;

/** Measures, per trial, what one theorem says vanishes; see the declaration. */
export const deepLinearTheorems: Experiment<typeof declaration.parameters> = { declaration, run };

async function* run(trials: readonly ExperimentTrial<Params>[], context: TrialContext): AsyncIterable<TrialResult> {
  for (const { trialId, params, seed } of trials) {
    if (context.signal.aborted) {
      yield { trialId, outcome: 'stopped', metrics: {}, traces: {} };
      continue;
    }
    const measured = await measure(context, params, seed);
    context.progress(trialId, params.steps, params.steps);
    yield { trialId, ...measured };
    await setImmediate();
  }
}

async function measure({ engine, signal }: TrialContext, params: Params, seed: number): Promise<Measured> {
  const options = { ...params, seed };
  switch (params.theorem) {
    case 'invariance':
      return ended(invarianceDeviations(engine, options));
    case 'ols-transform':
      return ended({ deviation: olsDeviation(engine, options) });
    case 'margin-transform':
      return ended(await marginCounterexample());
    case 'interpolant':
      return interpolantCosines(engine, options, signal);
    case 'logits':
      return logitRun(engine, options, signal);
  }
}

/** A trial without traces, decided by its deviation. */
function ended(metrics: { readonly deviation: number } & Readonly<Record<string, number>>): Measured {
  return { outcome: outcomeOf(false, metrics.deviation), metrics, traces: {} };
}
