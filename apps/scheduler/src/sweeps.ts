import { readSummary, writeSummaries, type BatchQueue, type RedisConnection } from '@natsweep/queue';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import type { FailedTrial, Observation } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import { SweepRun, UnplannableSweepError } from './sweep-run.ts';

export interface SweepsOptions {
  readonly results: ResultsStore;
  readonly queue: BatchQueue;
  readonly redis: RedisConnection;
  readonly logger: Logger;
}

/**
 * The sweeps that have something left to do: running, paused, or cancelled with trials in the hands of workers. Every
 * change of state goes to the database first.
 */
export class Sweeps {
  readonly results: ResultsStore;
  readonly #queue: BatchQueue;
  readonly #redis: RedisConnection;
  readonly #logger: Logger;
  readonly #runs = new Map<string, SweepRun>();

  constructor({ results, queue, redis, logger }: SweepsOptions) {
    this.results = results;
    this.#queue = queue;
    this.#redis = redis;
    this.#logger = logger;
  }

  get runs(): readonly SweepRun[] {
    return [...this.#runs.values()];
  }

  run(name: string): SweepRun | undefined {
    return this.#runs.get(name);
  }

  /** Takes up every sweep that the database holds as running or paused. */
  async recover(): Promise<void> {
    this.#runs.clear();
    for (const stored of await this.results.listSweeps()) {
      if (stored.state === 'running' || stored.state === 'paused') await this.start(stored);
      else await this.#restoreSummary(stored);
    }
  }

  /** Takes up a sweep; one that this scheduler cannot plan is paused with the reason. */
  async start(stored: StoredSweep): Promise<void> {
    try {
      const run = await SweepRun.load(this.results, stored, await readSummary(this.#redis, stored.name));
      this.#runs.set(stored.name, run);
      await this.#completeIfDone(run);
    } catch (error) {
      if (!(error instanceof UnplannableSweepError)) throw error;
      this.#logger.error({ sweep: stored.name }, error.message);
      await this.results.setSweepState(stored.name, 'paused', error.message);
    }
  }

  /** Changes a sweep's state; batches of a sweep that does not run are taken out of the queue, if no worker has them. */
  async change(run: SweepRun, state: 'running' | 'paused' | 'cancelled', reason?: string): Promise<void> {
    await this.results.setSweepState(run.name, state, reason);
    run.setState(state, reason ?? null);
    this.#logger.info({ sweep: run.name, reason }, `sweep is ${state}`);
    if (state === 'running') return;
    for (const batchId of await this.#queue.remove(run.inFlight.batchIds)) run.inFlight.drop(batchId);
    await this.#retireIfDone(run);
  }

  /** Observations are in the database. */
  async observed(observations: readonly Observation[]): Promise<void> {
    const nowMs = Date.now();
    for (const observation of observations) this.#runs.get(observation.sweep)?.observed(observation, nowMs);
    await this.#finish(new Set(observations.map(({ sweep }) => sweep)));
  }

  /** Failed trials are in the database. */
  async failed(trials: readonly FailedTrial[]): Promise<void> {
    for (const trial of trials) {
      const run = this.#runs.get(trial.sweep);
      const reason = run?.failed(trial);
      if (run?.state === 'running' && reason !== undefined) await this.change(run, 'paused', reason);
    }
    await this.#finish(new Set(trials.map(({ sweep }) => sweep)));
  }

  /** Tells everyone how the sweeps stand. */
  async publish(): Promise<void> {
    const nowMs = Date.now();
    await writeSummaries(
      this.#redis,
      this.runs.map((run) => run.summary(nowMs)),
    );
  }

  async #finish(names: ReadonlySet<string>): Promise<void> {
    for (const name of names) {
      const run = this.#runs.get(name);
      if (run === undefined) continue;
      await this.#completeIfDone(run);
      await this.#retireIfDone(run);
    }
  }

  async #completeIfDone(run: SweepRun): Promise<void> {
    if (!run.isComplete || run.state === 'cancelled') return;
    await this.results.setSweepState(run.name, 'completed');
    run.setState('completed');
    this.#logger.info({ sweep: run.name }, 'sweep is completed');
    await this.#retireIfDone(run);
  }

  async #retireIfDone(run: SweepRun): Promise<void> {
    const over = run.state === 'completed' || run.state === 'cancelled';
    if (!over || run.inFlight.indices.size > 0) return;
    await writeSummaries(this.#redis, [run.summary(Date.now())]);
    this.#runs.delete(run.name);
  }

  async #restoreSummary(stored: StoredSweep): Promise<void> {
    if ((await readSummary(this.#redis, stored.name)) !== undefined) return;
    const run = await SweepRun.load(this.results, stored, undefined).catch(() => undefined);
    if (run !== undefined) await writeSummaries(this.#redis, [run.summary(Date.now())]);
  }
}
