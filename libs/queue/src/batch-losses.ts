import type { BatchData } from './batch-data.ts';
import type { FailedDelivery } from './report-stream.ts';

/** Nobody else can tell of a delivery whose worker vanished: the next one does. */
export interface Loss {
  /** The batch with the loss charged to the trial that was under way alone; unchanged where many may be to blame. */
  readonly batch: BatchData;
  readonly report: FailedDelivery;
}

/** What the loss of a delivery, the n-th of its batch, makes of the batch. */
export function chargeLoss(batch: BatchData, delivery: number): Loss {
  const suspect = batch.trials.find(({ trialId }) => trialId === batch.underWay?.trialId);
  if (suspect === undefined || batch.underWay === undefined) return { batch, report: reportOfAll(batch, delivery) };
  const { trialId, attempt } = batch.underWay;
  const losses = (batch.lossesOf?.[trialId] ?? 0) + 1;
  const times = losses === 1 ? 'once' : `${losses} times`;
  const message = `its worker, or the connection to it, vanished while this trial ran alone: ${times}`;
  const failure = { failure: 'lost', message, logTail: '', attempt } as const;
  return {
    batch: {
      ...batch,
      lossesOf: { ...batch.lossesOf, [trialId]: losses },
      failures: { ...batch.failures, [trialId]: failure },
    },
    report: {
      kind: 'failed-delivery',
      sweep: batch.sweep,
      again: losses < batch.maxAttempts,
      attempts: [{ trialId, ...failure }],
    },
  };
}

function reportOfAll({ sweep, trials }: BatchData, delivery: number): FailedDelivery {
  const lost = {
    failure: 'lost',
    message: 'its worker, or the connection to it, vanished',
    logTail: '',
    attempt: { attempt: delivery, worker: 'unknown', slot: 'unknown', startedAtMs: Date.now(), elapsedSeconds: 0 },
  } as const;
  const attempts = trials.map(({ trialId }) => ({ trialId, ...lost }));
  return { kind: 'failed-delivery', sweep, again: true, attempts };
}
