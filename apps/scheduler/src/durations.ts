/** Weight of the newest trial in a moving average, once there are several. */
const recentWeight = 0.1;
/** Groups remembered; a sweep with more forgets those it met first. */
const maxGroups = 10_000;

interface Average {
  readonly seconds: number;
  readonly count: number;
}

/** How long the trials of a sweep take: a moving average over all, and one per structural group. */
export class Durations {
  readonly #groups = new Map<string, Average>();
  #all: Average | undefined;

  /** Seconds per trial; undefined before the first. */
  get secondsPerTrial(): number | undefined {
    return this.#all?.seconds;
  }

  add(group: string, seconds: number): void {
    this.#all = extend(this.#all, seconds);
    const known = this.#groups.get(group);
    if (known === undefined && this.#groups.size >= maxGroups) {
      this.#groups.delete(this.#groups.keys().next().value as string);
    }
    this.#groups.set(group, extend(known, seconds));
  }

  secondsOf(group: string): number | undefined {
    return this.#groups.get(group)?.seconds;
  }
}

function extend(average: Average | undefined, seconds: number): Average {
  if (average === undefined) return { seconds, count: 1 };
  const count = average.count + 1;
  const weight = Math.max(recentWeight, 1 / count);
  return { seconds: average.seconds + weight * (seconds - average.seconds), count };
}
