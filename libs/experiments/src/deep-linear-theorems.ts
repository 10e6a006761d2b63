import { setImmediate } from 'node:timers/promises';
import { deepLinearTheorems as declaration } from '@natsweep/catalogue';
import type { LinalgEngine } from '@natsweep/linalg';
import type { z } from 'zod';
import type { Experiment, ExperimentTrial, TrialContext, TrialResult } from './experiment.ts';
import { interpolantCosines, logitRun } from './theorem-logits.ts';
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
    const measured = await measure(context.engine, params, seed);
    context.progress(trialId, params.steps, params.steps);
    yield { trialId, outcome: 'converged', ...measured };
    await setImmediate();
  }
}

async function measure(
  engine: LinalgEngine,
  params: Params,
  seed: number,
): Promise<Pick<TrialResult, 'metrics' | 'traces'>> {
  const options = { ...params, seed };
  switch (params.theorem) {
    case 'invariance':
      return { metrics: invarianceDeviations(engine, options), traces: {} };
    case 'ols-transform':
      return { metrics: { deviation: olsDeviation(engine, options) }, traces: {} };
    case 'margin-transform':
      return { metrics: await marginCounterexample(), traces: {} };
    case 'interpolant':
      return { metrics: await interpolantCosines(engine, options), traces: {} };
    case 'logits': {
      const { meanMargin, meanMarginFlow, ...metrics } = logitRun(engine, options);
      return { metrics, traces: { meanMargin, meanMarginFlow } };
    }
  }
}
