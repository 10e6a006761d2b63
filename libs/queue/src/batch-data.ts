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
  /** What the slot had, of a trial that ran out of memory. */
  readonly slotMemoryBytes?: number;
  /** Another attempt would end the same. Default: that depends on the failure alone. */
  readonly isFinal?: true;
}

/**
 * What a job of the batch queue carries: the trials that are still to be run, and for those that failed before, why.
 * A worker drops finished trials from it before it lets an attempt fail. Once a delivery was lost, trials run alone, and each
 * is written here before it starts: of the next delivery that is lost, that trial is to blame and no other.
 */
export interface BatchData extends Batch {
  readonly failures: Readonly<Record<string, TrialFailure>>;
  /** Lost deliveries that are accounted for. Default: none. */
  readonly losses?: number;
  /** The trial that runs alone now. Its results, should it have any, are reported before another takes its place. */
  readonly underWay?: UnderWay;
  /** How often a trial was under way alone as its worker vanished. After `maxAttempts` times it is not run again. Default: never. */
  readonly lossesOf?: Readonly<Record<string, number>>;
}

/** A trial that runs alone, and where. */
export interface UnderWay {
  readonly trialId: string;
  /** As it begins: `elapsedSeconds` is 0. */
  readonly attempt: AttemptInfo;
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

/** Failures that would repeat on every attempt. */
const repeating: ReadonlySet<Failure> = new Set(['invalid', 'engine', 'data']);

/** Whether another attempt may help. */
export function isRetryable({ failure, isFinal }: Pick<TrialFailure, 'failure' | 'isFinal'>): boolean {
  return isFinal !== true && !repeating.has(failure);
}

/** A slot that has so many times the memory of another may have enough where that had not. */
const amplerBy = 1.25;

/**
 * Whether a trial that has run out of memory, alone in its slot, would do so again: it did in the attempt before, in a slot that
 * had about as much. Once it may have been for what else ran on that machine.
 */
export function exhaustsEverySlot(before: TrialFailure | undefined, slotMemoryBytes: number): boolean {
  return before?.failure === 'out-of-memory' && slotMemoryBytes < amplerBy * (before.slotMemoryBytes ?? Infinity);
}

/** The trials of a batch that another attempt can still help; those that may have taken a worker down come last. */
export function runnableTrials(batch: BatchData): readonly Trial[] {
  const losses = ({ trialId }: Trial) => batch.lossesOf?.[trialId] ?? 0;
  const hopeless = trialsBeyondHelp(batch);
  return batch.trials
    .filter(({ trialId }) => !hopeless.has(trialId))
    .toSorted((one, other) => losses(one) - losses(other));
}

/** The trials that have failed for good: their failure would repeat, or they were lost as often as a trial may be. */
export function trialsBeyondHelp({ failures, lossesOf = {}, maxAttempts }: BatchData): ReadonlySet<string> {
  const failed = Object.entries(failures).filter(([, failure]) => !isRetryable(failure));
  const lost = Object.entries(lossesOf).filter(([, losses]) => losses >= maxAttempts);
  return new Set([...failed, ...lost].map(([trialId]) => trialId));
}

/** Derived from the sweep and its trials: adding the same batch twice queues it once. */
export function batchId({ sweep, trials }: Batch): string {
  const content = JSON.stringify([sweep, ...trials.map(({ trialId }) => trialId)]);
  return `b${hash('sha256', content, 'hex').slice(0, 32)}`;
}
