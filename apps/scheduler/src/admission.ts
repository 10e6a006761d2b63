/** What admission sees of a running sweep. */
export interface Demand {
  readonly sweep: string;
  /** Sweeps of higher priority are served first. */
  readonly priority: number;
  /** Share among sweeps of equal priority. */
  readonly weight: number;
  /** Trials that are neither recorded nor in flight. */
  readonly missing: number;
  readonly inFlight: number;
  /** Measured; undefined before the first trial has ended. */
  readonly secondsPerTrial: number | undefined;
  /** Slot time that it has been given, over its weight, on the scale of `ServiceTimes`. */
  readonly served: number;
}

export interface Capacity {
  readonly slots: number;
  /** Work per slot to keep in the queue. */
  readonly backlogSeconds: number;
}

/** Work that one batch should hold. */
export const batchSeconds = 2;
/** No trial is charged less: delivering and recording it costs that much. */
const leastSeconds = 0.001;
/** Nor counts less in the queue: with fewer of the shortest there, slots would wait while a page of reports is recorded. */
const leastQueuedSeconds = 0.0004;
/** However many slots there are, no more trials are in flight than are recorded in a few seconds. */
const mostTrials = 100_000;

/**
 * How many trials of each sweep to admit now, so that the queue holds `backlogSeconds` of work per slot and no more.
 * A trial counts for at most the time of a batch, so that even the longest trials leave two per slot in the queue; one of
 * a sweep of which none was measured counts for as much.
 * Room goes to the highest priority that has missing trials; among equals always to the sweep that has been given the
 * least work for its weight, so that over time they share the slots by weight however little room there is at a time.
 */
export function divideRoom(
  demands: readonly Demand[],
  { slots, backlogSeconds }: Capacity,
): ReadonlyMap<string, number> {
  const backlog = Math.max(1, slots) * backlogSeconds;
  const least = Math.max(leastQueuedSeconds, backlog / mostTrials);
  const shares = demands.map((demand) => ({ ...demand, seconds: queuedSeconds(demand, least), admitted: 0 }));
  let room = backlog - shares.reduce((sum, share) => sum + share.inFlight * share.seconds, 0);
  while (room > 0) {
    const hungry = shares.filter(({ missing, admitted }) => missing > admitted);
    const priority = Math.max(...hungry.map((share) => share.priority));
    const next = hungry
      .filter((share) => share.priority === priority)
      .reduce<(typeof shares)[number] | undefined>(
        (least, share) => (least && least.served <= share.served ? least : share),
        undefined,
      );
    if (next === undefined) break;
    const wanted = Math.max(1, Math.round(Math.min(batchSeconds, room) / next.seconds));
    const trials = Math.min(wanted, next.missing - next.admitted);
    next.admitted += trials;
    next.served += servedBy(next, trials);
    room -= trials * next.seconds;
  }
  return new Map(shares.map(({ sweep, admitted }) => [sweep, admitted]));
}

/** What so many trials are expected to add to `served`. */
export function servedBy({ secondsPerTrial, weight }: Demand, trials: number): number {
  return (trials * expectedSeconds(secondsPerTrial)) / weight;
}

/** The slot time that a trial is expected to take; that of a batch before any was measured. */
export function expectedSeconds(secondsPerTrial: number = batchSeconds): number {
  return Math.max(leastSeconds, secondsPerTrial);
}

/**
 * Whether the batches of `holder` that no worker has taken leave the queue for `other`, which has missing trials: where that has
 * the higher priority; or the same, nothing in flight, and less of its share even without what `holder` has waiting. The queue
 * is worked off in order: where `other` may have few slots, all that waits leaves at each end of one of its batches, and is
 * admitted again behind the next one. That takes 0.1 ms a batch.
 *
 * @param waiting what of `holder.served` those batches are
 */
export function givesWay(holder: Demand, other: Demand, waiting: number): boolean {
  if (other.missing === 0) return false;
  if (other.priority !== holder.priority) return other.priority > holder.priority;
  return other.inFlight === 0 && other.served < holder.served - waiting;
}

export interface BatchSizing {
  /** Measured for the structural group; undefined before its first trial has ended. */
  readonly secondsPerTrial: number | undefined;
  readonly missing: number;
  readonly slots: number;
  readonly maxBatch: number;
}

/**
 * Trials per batch: about two seconds of work, alone while nothing is known of the group, and near the end of a sweep
 * few enough that every slot gets some.
 */
export function batchSize({ secondsPerTrial, missing, slots, maxBatch }: BatchSizing): number {
  if (secondsPerTrial === undefined) return 1;
  const byTime = Math.floor(batchSeconds / Math.max(secondsPerTrial, 1e-6));
  const byFairness = Math.ceil(missing / (2 * Math.max(1, slots)));
  return Math.max(1, Math.min(byTime, byFairness, maxBatch));
}

function queuedSeconds({ secondsPerTrial = batchSeconds }: Demand, least: number): number {
  return Math.min(batchSeconds, Math.max(least, secondsPerTrial));
}
