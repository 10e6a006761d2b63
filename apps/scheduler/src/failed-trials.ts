import type { FailedBatch } from '@natsweep/queue';
import type { FailedTrial } from '@natsweep/sweep';

/** The records of the trials that a batch still holds when its attempts are used up. */
export function failedTrials({ data, attempts, failedAtMs }: FailedBatch): readonly FailedTrial[] {
  return data.trials.map(({ trialId, index, params, seed }) => {
    const reason = data.failures[trialId];
    return {
      kind: 'failed',
      sweep: data.sweep,
      trialId,
      index,
      params,
      seed,
      attempt: reason?.attempt ?? {
        attempt: attempts,
        worker: 'unknown',
        slot: 'unknown',
        startedAtMs: failedAtMs,
        elapsedSeconds: 0,
      },
      failure: reason?.failure ?? 'lost',
      message: reason?.message ?? `its worker vanished ${attempts} times without a word`,
      logTail: reason?.logTail ?? '',
    };
  });
}
