import type { Job } from 'bullmq';

/** A lock lasts no longer than this; so it is renewed at least every 20 seconds. */
export const longestLockMs = 60_000;

export interface LockOptions {
  readonly token: string;
  /** The lock expires when it is not renewed for this long. */
  readonly durationMs: number;
}

/** The lock of a job while it is worked on. */
export interface RenewedLock {
  /** Aborted when the lock is found to be someone else's, or nobody's. */
  readonly lost: AbortSignal;
  /** Ends the renewal. */
  release(): void;
}

/**
 * Renews the lock of a job three times in its duration, counted by timers. BullMQ's own renewal asks the wall clock what is
 * due: after a clock was set back it would renew nothing for as long as that.
 */
export function renewLock(job: Pick<Job, 'extendLock'>, { token, durationMs }: LockOptions): RenewedLock {
  const lost = new AbortController();
  const timer = setInterval(() => {
    // a connection that fails tells nothing of the lock: the next renewal does
    job.extendLock(token, durationMs).then(
      (extended) => extended === 1 || lost.abort('lock lost'),
      () => {},
    );
  }, durationMs / 3);
  return { lost: lost.signal, release: () => clearInterval(timer) };
}
