import { readSummary, sendCancelled, writeSummaries, type BatchQueue, type RedisConnection } from '@natsweep/queue';
import { isRetired, type ResultsStore, type StoredSweep } from '@natsweep/results';
import type { FailedTrial, Grid, Observation, SweepSpec, Trial } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import { UnplannableSweepError, type GridPlanner } from './plan-grid.ts';
import { findReusable } from './reuse.ts';
import { SweepRun } from './sweep-run.ts';

/** The index at which a sweep plans a trial; undefined: it does not. */
export type Locate = (trial: Pick<Trial, 'trialId' | 'index' | 'params' | 'seed'>) => number | undefined;

export interface SweepsOptions {
  readonly results: ResultsStore;
  readonly queue: BatchQueue;
  readonly redis: RedisConnection;
  readonly grids: GridPlanner;
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
  readonly #grids: GridPlanner;
  readonly #logger: Logger;
  readonly #runs = new Map<string, SweepRun>();
  /** By sweep: what is left of the search for observations that other sweeps have made of its trials. */
  readonly #searches = new Map<string, AsyncIterator<readonly Observation[]>>();

  constructor({ results, queue, redis, grids, logger }: SweepsOptions) {
    this.results = results;
    this.#queue = queue;
    this.#redis = redis;
    this.#grids = grids;
    this.#logger = logger;
  }

  get runs(): readonly SweepRun[] {
    return [...this.#runs.values()];
  }

  run(name: string): SweepRun | undefined {
    return this.#runs.get(name);
  }

  /** The grid of a spec that is asked for. Throws `UnplannableSweepError`. */
  readonly plan = (spec: SweepSpec): Grid => this.#grids.plan(spec);

  /** Where a sweep, also one that has nothing left to do, has the trials that are reported for it. */
  async locator(name: string): Promise<Locate> {
    const run = this.#runs.get(name);
    if (run !== undefined) return (trial) => run.locate(trial);
    const stored = await this.results.getSweep(name);
    if (stored === undefined) return () => undefined;
    try {
      return this.plan(JSON.parse(stored.spec) as SweepSpec).locate;
    } catch (error) {
      if (!(error instanceof UnplannableSweepError)) throw error;
      const hasVersions = (await this.results.versions(name)).length > 1;
      // what was planned by the one spec that there was is where that put it
      return ({ index }) => (hasVersions ? undefined : index);
    }
  }

  /** Takes up every sweep that the database holds as running or paused. */
  async recover(): Promise<void> {
    this.#runs.clear();
    this.#searches.clear();
    for (const stored of await this.results.listSweeps()) {
      if (stored.state === 'running' || stored.state === 'paused') await this.start(stored);
      else if (!isRetired(stored.name)) await this.#restoreSummary(stored);
    }
  }

  /** Takes up a sweep; one that this scheduler cannot plan is paused with the reason. */
  async start(stored: StoredSweep): Promise<void> {
    try {
      const last = await readSummary(this.#redis, stored.name);
      const before = this.#runs.get(stored.name);
      const plan = (spec: SweepSpec) => this.#grids.planAccepted(spec);
      const run = await SweepRun.load(this.results, stored, { plan, last, before });
      this.#runs.set(stored.name, run);
      this.#searchForReuse(run);
      await this.#completeIfDone(run);
    } catch (error) {
      if (!(error instanceof UnplannableSweepError)) throw error;
      this.#logger.error({ sweep: stored.name }, error.message);
      // what ran until now went by another spec
      this.#runs.delete(stored.name);
      this.#searches.delete(stored.name);
      await this.changeUnplanned(stored.name, 'paused', error.message);
    }
  }

  /** Changes the state of a sweep that this scheduler cannot plan, in the database and in what was last told of it. */
  async changeUnplanned(name: string, state: 'paused' | 'cancelled', reason?: string): Promise<void> {
    await this.results.setSweepState(name, state, reason);
    const last = await readSummary(this.#redis, name);
    if (last === undefined) return;
    const now = { state, stateReason: reason ?? null, trialsPerSecond: 0, etaSeconds: null, updatedAtMs: Date.now() };
    await writeSummaries(this.#redis, [{ ...last, ...now }]);
  }

  /** Changes a sweep's state; batches of a sweep that does not run are taken out of the queue, if no worker has them. */
  async change(run: SweepRun, state: 'running' | 'paused' | 'cancelled', reason?: string): Promise<void> {
    await this.results.setSweepState(run.name, state, reason);
    run.setState(state, reason ?? null);
    this.#logger.info({ sweep: run.name, reason }, `sweep is ${state}`);
    // by this workers know whether what comes back to the queue may start
    await writeSummaries(this.#redis, [run.summary(Date.now())]);
    if (state === 'running') return;
    await this.withdraw(run, run.inFlight.batchIds);
    if (state === 'cancelled') await this.tellCancelled(run.name);
    await this.#retireIfDone(run);
  }

  /** Tells the workers that what they have of a sweep need not be finished. */
  async tellCancelled(name: string): Promise<void> {
    await sendCancelled(this.#redis, { sweep: name });
  }

  /**
   * Takes batches out of the queue if no worker has them; what they held is missing again, and its attempts begin anew when
   * it is admitted again.
   */
  async withdraw(run: SweepRun, batchIds: readonly string[]): Promise<void> {
    for (const batchId of await this.#queue.withdraw(batchIds)) run.inFlight.drop(batchId);
  }

  /**
   * Nothing of a sweep that does not run is to start: what was in hand when it was paused, and comes back to the queue, is
   * withdrawn. It goes on when the sweep is resumed, with all its attempts. To be called more often than the shortest time that a
   * batch waits there, for its next attempt or since its worker found that the sweep does not run.
   */
  async withdrawHeld(): Promise<void> {
    for (const run of this.runs) {
      if (run.state !== 'running' && run.inFlight.batches > 0) await this.withdraw(run, run.inFlight.batchIds);
    }
    await this.retire();
  }

  /** Ends trials that have no record, and tells the workers of all: one that died here before had told them of none. */
  async cancelTrials(run: SweepRun, indices: readonly number[]): Promise<void> {
    const named = run.planned(indices);
    const trials = named.filter(({ index }) => !run.isRecorded(index));
    const batchIds = run.inFlight.batchesOf(trials.map(({ index }) => index));
    const records = trials.map((trial) => cancelledTrial(run.name, trial));
    // first: once they are recorded, nobody would look for the batches of a scheduler that died here
    await this.withdraw(run, batchIds);
    await this.results.record(records);
    await this.failed(records);
    await sendCancelled(this.#redis, { sweep: run.name, trialIds: named.map(({ trialId }) => trialId) });
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

  /** Trials in flight have been recounted: a cancelled sweep may be through with. */
  async retire(): Promise<void> {
    for (const run of this.runs) await this.#retireIfDone(run);
  }

  /** Goes on for about `budgetMs` with taking observations from other sweeps. Returns whether every search is at its end. */
  async search(budgetMs: number): Promise<boolean> {
    const untilMs = performance.now() + budgetMs;
    while (this.#searches.size > 0 && performance.now() < untilMs) {
      for (const [name, search] of this.#searches) {
        const run = this.#runs.get(name);
        const found = run === undefined ? undefined : await search.next();
        if (run === undefined || found === undefined || found.done === true) {
          this.#searches.delete(name);
          if (run !== undefined) run.isSearching = false;
          continue;
        }
        await this.results.record(found.value);
        await this.observed(found.value.filter(({ index }) => !run.isRecorded(index)));
      }
    }
    return this.#searches.size === 0;
  }

  /** Tells everyone how the sweeps stand. */
  async publish(): Promise<void> {
    const nowMs = Date.now();
    await writeSummaries(
      this.#redis,
      this.runs.map((run) => run.summary(nowMs)),
    );
  }

  #searchForReuse(run: SweepRun): void {
    // one that goes on for an earlier spec would record trials where that had them
    this.#searches.delete(run.name);
    if (!run.spec.reuse || run.isComplete) return;
    run.isSearching = true;
    this.#searches.set(run.name, findReusable(this.results, run));
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

  /** A scheduler that died between a change of state and its summary leaves an old one; a Redis without memory, none. */
  async #restoreSummary(stored: StoredSweep): Promise<void> {
    const last = await readSummary(this.#redis, stored.name);
    if (last?.state === stored.state) return;
    const run = await SweepRun.load(this.results, stored, { plan: this.plan, last }).catch(() => undefined);
    if (run !== undefined) await writeSummaries(this.#redis, [run.summary(Date.now())]);
  }
}

function cancelledTrial(sweep: string, { trialId, index, params, seed }: Trial): FailedTrial {
  return {
    kind: 'failed',
    sweep,
    trialId,
    index,
    params,
    seed,
    attempt: { attempt: 0, worker: 'none', slot: 'none', startedAtMs: Date.now(), elapsedSeconds: 0 },
    failure: 'cancelled',
    message: 'cancelled by command',
    logTail: '',
  };
}
