import type { FailedTrial, Failure } from '@natsweep/sweep';

/** Trials among which failures are counted, for each failure that pauses. */
const trialsPerFailure = 10;
/** The same for a failure that has paused the sweep before: most trials must fail so. */
const trialsPerKnownFailure = 2;

/**
 * Says when a sweep should pause because what is wrong will not pass: when `limit` trials failed alike among the
 * `10 · limit` that were recorded last. A sweep that fails from its start pauses after `limit` trials, one that begins to
 * fail later after as many; one of which far fewer than a tenth fail alike, scattered over it, does not, however long it is.
 * Who resumes it has seen that failure: it pauses the sweep again only where `limit` of the last `2 · limit` fail so.
 * All this is since the sweep was started or changed, or its scheduler was started, and counted since it was resumed: a
 * restart costs at most as many failures again.
 */
export class AlikeFailures {
  readonly #limit: number;
  #recorded = 0;
  /** For each failure, when its last `limit` trials were recorded, as a ring: the n-th of them at n modulo `limit`. */
  readonly #ofFailure = new Map<Failure, { count: number; readonly at: number[] }>();
  /** Those that have paused the sweep. */
  readonly #known = new Set<Failure>();

  constructor(limit: number) {
    this.#limit = limit;
  }

  succeed(): void {
    this.#recorded += 1;
  }

  /** The sweep goes on: what has failed until now counts no more. */
  resume(): void {
    this.#ofFailure.clear();
  }

  /** Returns why the sweep should pause, if it should. */
  fail({ failure, message }: Pick<FailedTrial, 'failure' | 'message'>): string | undefined {
    this.#recorded += 1;
    const ring = this.#ofFailure.get(failure) ?? { count: 0, at: [] };
    this.#ofFailure.set(failure, ring);
    ring.at[ring.count % this.#limit] = this.#recorded;
    ring.count += 1;
    if (ring.count < this.#limit) return undefined;
    const among = this.#recorded - (ring.at[ring.count % this.#limit] as number) + 1;
    const most = this.#known.has(failure) ? trialsPerKnownFailure : trialsPerFailure;
    if (among > most * this.#limit) return undefined;
    this.#known.add(failure);
    return `${this.#limit} of the last ${among} trials failed alike (${failure}): ${message}`;
  }
}
