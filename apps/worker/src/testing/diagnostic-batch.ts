import type { Batch, Parameters, Trial } from '@natsweep/sweep';

/** A batch of `diagnostic` trials with these parameters, two attempts for each. */
export function diagnosticBatch(params: readonly Parameters[], limits: Partial<Batch> = {}): Batch {
  const trials = params.map((given, index): Trial => ({
    trialId: `t${index}`,
    index,
    experiment: 'diagnostic',
    experimentVersion: 1,
    params: { point: index, ...given },
    seed: 7,
  }));
  return { sweep: 'sweep', trials, trialTimeoutSeconds: 60, maxAttempts: 2, ...limits };
}
