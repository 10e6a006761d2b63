/** Upper bounds of the buckets in which trial durations are counted: 10 ms to 3 hours, then everything longer. */
export const durationBucketsSeconds: readonly number[] = [
  0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800,
];

/** A histogram of trial durations as plain data: it lives in a sweep's summary, so that it survives every process. */
export interface DurationHistogram {
  /** Trials per bucket (not cumulative); the last entry counts those above the last bound. */
  readonly counts: readonly number[];
  readonly sumSeconds: number;
  /** The latest trial of each bucket, for exemplars. */
  readonly latest: readonly (DurationExemplar | null)[];
}

export interface DurationExemplar {
  readonly trialId: string;
  readonly seconds: number;
  readonly atMs: number;
}

export const emptyDurations: DurationHistogram = {
  counts: new Array<number>(durationBucketsSeconds.length + 1).fill(0),
  sumSeconds: 0,
  latest: new Array<null>(durationBucketsSeconds.length + 1).fill(null),
};

/** The histogram with one more trial. */
export function addDuration(histogram: DurationHistogram, trial: DurationExemplar): DurationHistogram {
  const found = durationBucketsSeconds.findIndex((bound) => trial.seconds <= bound);
  const bucket = found === -1 ? durationBucketsSeconds.length : found;
  return {
    counts: histogram.counts.with(bucket, (histogram.counts[bucket] ?? 0) + 1),
    sumSeconds: histogram.sumSeconds + trial.seconds,
    latest: histogram.latest.with(bucket, trial),
  };
}
