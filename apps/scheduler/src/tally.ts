import type { ApproximationSummary, SweepSummary } from '@natsweep/queue';
import type { SweepCounts, TrialRow } from '@natsweep/results';
import type { FailedTrial, Failure, Observation, SweepSpec } from '@natsweep/sweep';
import { addDuration, emptyDurations } from '@natsweep/telemetry';

/** Time constant of the moving average of the rate. */
const rateSeconds = 10;
/** One trial in a week; an average that has faded to less means that nothing is recorded, and gives no time left. */
const leastRate = 1 / (7 * 86_400);

type Counts<Key extends string> = Partial<Record<Key, number>>;

/** The running totals of one sweep, kept as trials are recorded. */
export class Tally {
  readonly #objective: SweepSpec['objective'];
  readonly #byOutcome: Counts<Observation['outcome']>;
  readonly #byFailure: Counts<Failure>;
  #byApproximation: Record<string, ApproximationSummary>;
  readonly #retries: Counts<Failure>;
  #observed: number;
  #failed: number;
  #duplicates: number;
  #best: SweepSummary['objective'];
  #rate = 0;
  #rateAtMs: number | undefined;
  #recordedAtRate = 0;

  /** Counts are the database's; what only summaries hold goes on from the last one that was published. */
  constructor(objective: SweepSpec['objective'], counts: SweepCounts, last: SweepSummary | undefined) {
    this.#objective = objective;
    this.#observed = counts.observed;
    this.#failed = counts.failed;
    this.#byOutcome = { ...counts.byOutcome };
    this.#byFailure = { ...counts.byFailure };
    this.#byApproximation = { ...last?.byApproximation };
    this.#retries = { ...last?.retriesByFailure };
    this.#duplicates = last?.duplicatesSuppressed ?? 0;
    this.#best = last?.objective ?? null;
  }

  observe(observation: Observation, nowMs: number): void {
    this.#observed += 1;
    count(this.#byOutcome, observation.outcome);
    this.#describe(observation, nowMs);
  }

  /** False where the last summary is older than the database: its scheduler was killed, or Redis lost it. */
  get isWhole(): boolean {
    const described = Object.values(this.#byApproximation).flatMap(({ byOutcome }) => Object.values(byOutcome));
    return described.reduce((sum, trials) => sum + trials, 0) >= this.#observed;
  }

  /** Takes what only summaries hold of observations from their records, in the order of recording. */
  async recount(rows: AsyncIterable<TrialRow>): Promise<void> {
    this.#byApproximation = {};
    this.#best = null;
    for await (const row of rows) {
      const { startedAtMs, elapsedSeconds } = row.attempt;
      if (row.kind === 'observation') this.#describe(row, startedAtMs + 1000 * elapsedSeconds);
    }
  }

  #describe(observation: Omit<Observation, 'traces'>, nowMs: number): void {
    const approximation = String(observation.params['approximation'] ?? 'none');
    const known = this.#byApproximation[approximation] ?? { byOutcome: {}, durations: emptyDurations };
    const { trialId } = observation;
    const { elapsedSeconds } = observation.attempt;
    this.#byApproximation[approximation] = {
      byOutcome: { ...known.byOutcome, [observation.outcome]: (known.byOutcome[observation.outcome] ?? 0) + 1 },
      durations: addDuration(known.durations, { trialId, seconds: elapsedSeconds, atMs: nowMs }),
    };
    this.#improve(observation, nowMs);
  }

  fail(failed: FailedTrial): void {
    this.#failed += 1;
    count(this.#byFailure, failed.failure);
  }

  retry(failure: Failure): void {
    count(this.#retries, failure);
  }

  duplicate(): void {
    this.#duplicates += 1;
  }

  /** The totals for a summary; the rate is averaged over the time between calls. */
  totals(remaining: number, nowMs: number) {
    this.#updateRate(nowMs);
    return {
      observed: this.#observed,
      failed: this.#failed,
      byOutcome: { ...this.#byOutcome },
      byFailure: { ...this.#byFailure },
      byApproximation: { ...this.#byApproximation },
      retriesByFailure: { ...this.#retries },
      duplicatesSuppressed: this.#duplicates,
      trialsPerSecond: this.#rate,
      etaSeconds: remaining === 0 ? 0 : this.#rate > 0 ? remaining / this.#rate : null,
      objective: this.#best,
    };
  }

  #improve({ trialId, metrics }: Omit<Observation, 'traces'>, nowMs: number): void {
    if (this.#objective === null) return;
    const { metric, goal } = this.#objective;
    const value = metrics[metric];
    if (typeof value !== 'number') return;
    const better = this.#best === null || (goal === 'minimize' ? value < this.#best.best : value > this.#best.best);
    if (better) this.#best = { metric, goal, best: value, trialId, improvedAtMs: nowMs };
  }

  #updateRate(nowMs: number): void {
    const recorded = this.#observed + this.#failed;
    if (this.#rateAtMs !== undefined && nowMs > this.#rateAtMs) {
      const seconds = (nowMs - this.#rateAtMs) / 1000;
      const current = (recorded - this.#recordedAtRate) / seconds;
      const weight = this.#rate === 0 ? 1 : 1 - Math.exp(-seconds / rateSeconds);
      const rate = this.#rate + weight * (current - this.#rate);
      this.#rate = rate < leastRate ? 0 : rate;
    }
    this.#rateAtMs = nowMs;
    this.#recordedAtRate = recorded;
  }
}

function count<Key extends string>(counts: Counts<Key>, key: Key): void {
  counts[key] = (counts[key] ?? 0) + 1;
}
