import { hash } from 'node:crypto';
import type { AttemptInfo, Batch, Failure, Trial } from '@natsweep/sweep';

export interface FailureCause {
  readonly failure: Failure;
  readonly message: string;
  /** The last lines that the trial process wrote. */
  readonly logTail: string;
}

/** Why a trial's last attempt failed, and where and when that was. */
export interface TrialFailure extends FailureCause {
  readonly attempt: AttemptInfo;
}

/**
 * What a job of the batch queue carries: the trials that are still to be run, and for those that failed before, why.
 * A worker drops finished trials from it before it lets an attempt fail.
 */
export interface BatchData extends Batch {
  readonly failures: Readonly<Record<string, TrialFailure>>;
  /** Lost deliveries before the last one that ended with a word. Default: none. */
  readonly losses?: number;
}

/** A batch whose attempts are used up; it waits until the scheduler has recorded its trials as failed. */
export interface FailedBatch {
  readonly batchId: string;
  readonly data: BatchData;
  /** Deliveries so far, lost ones included. */
  readonly attempts: number;
  readonly failedAtMs: number;
}

const firstBackoffMs = 500;
/** No batch waits longer than this for its next attempt. */
export const longestBackoffMs = 10_000;

/** How long a batch waits after its n-th failed attempt. */
export function backoffMs(attemptsMade: number): number {
  return Math.min(firstBackoffMs * 2 ** (attemptsMade - 1), longestBackoffMs);
}

/** Failures of this kind would repeat on every attempt. */
export function isRetryable(failure: Failure): boolean {
  return failure !== 'invalid' && failure !== 'engine' && failure !== 'data';
}

/** The trials of a batch that another attempt can still help. */
export function runnableTrials({ trials, failures }: BatchData): readonly Trial[] {
  return trials.filter(({ trialId }) => isRetryable(failures[trialId]?.failure ?? 'lost'));
}

/** Derived from the sweep and its trials: adding the same batch twice queues it once. */
export function batchId({ sweep, trials }: Batch): string {
  const content = JSON.stringify([sweep, ...trials.map(({ trialId }) => trialId)]);
  return `b${hash('sha256', content, 'hex').slice(0, 32)}`;
}
