import type { SweepSummary } from '@natsweep/queue';
import type { ResultsStore, StoredSweep, SweepState } from '@natsweep/results';
import {
  IndexSet,
  planSweep,
  type Batch,
  type FailedTrial,
  type Grid,
  type Observation,
  type SweepSpec,
  type Trial,
} from '@natsweep/sweep';
import { batchSeconds, batchSize, expectedSeconds, type Demand } from './admission.ts';
import { AlikeFailures } from './alike-failures.ts';
import { Durations } from './durations.ts';
import { InFlight } from './in-flight.ts';
import { Tally } from './tally.ts';

interface RunParts {
  readonly grid: Grid;
  readonly tally: Tally;
  readonly before: SweepRun | undefined;
}

export interface LoadOptions {
  /** Lays out the grid of the spec. Throws `UnplannableSweepError`. */
  readonly plan: (spec: SweepSpec) => Grid;
  /** The last summary that was published. */
  readonly last: SweepSummary | undefined;
  /** The sweep as it was under the spec before: what its trials take is known, and what was charged for them. */
  readonly before?: SweepRun | undefined;
}

/** A sweep that is running or paused: its grid, what is recorded of it, and what is in flight. */
export class SweepRun {
  readonly spec: SweepSpec;
  readonly inFlight = new InFlight();
  readonly tally: Tally;
  readonly #stored: StoredSweep;
  readonly #grid: Grid;
  readonly #recorded = new IndexSet();
  readonly #durations: Durations;
  readonly #alikeFailures: AlikeFailures;
  /** Slot time of the trials that ended, and of the attempts that failed. */
  #spentSeconds = 0;
  #chargedSeconds = 0;
  #cursor = 0;
  #state: SweepState;
  #stateReason: string | null;
  /** While observations of other sweeps are looked for, nothing is admitted: it might be run in vain. */
  isSearching = false;

  private constructor(stored: StoredSweep, spec: SweepSpec, parts: RunParts) {
    this.spec = spec;
    this.tally = parts.tally;
    this.#stored = stored;
    this.#grid = parts.grid;
    this.#state = stored.state;
    this.#stateReason = stored.stateReason;
    this.#alikeFailures = new AlikeFailures(spec.limits.pauseAfterFailures);
    const { before } = parts;
    this.#durations = before === undefined ? new Durations() : before.#durations;
    if (before !== undefined) {
      // what is taken back of it counts by the weight under which it was charged
      const scale = spec.weight / before.spec.weight;
      this.#chargedSeconds = scale * (before.#chargedSeconds - before.#spentSeconds);
    }
  }

  /** Reads back what the database holds of a sweep. Throws `UnplannableSweepError`. */
  static async load(results: ResultsStore, stored: StoredSweep, options: LoadOptions): Promise<SweepRun> {
    const { plan, last, before } = options;
    const spec = JSON.parse(stored.spec) as SweepSpec;
    const grid = plan(spec);
    const tally = new Tally(spec.objective, await results.counts(stored.name), last);
    if (!tally.isWhole) await tally.recount(results.allRows(stored.name, { kind: 'observation' }));
    const run = new SweepRun(stored, spec, { grid, tally, before });
    for await (const index of results.recordedIndices(stored.name)) run.#recorded.add(index);
    return run;
  }

  get name(): string {
    return this.#stored.name;
  }

  get experiment(): string {
    return this.#stored.experiment;
  }

  get grid(): Grid {
    return this.#grid;
  }

  get state(): SweepState {
    return this.#state;
  }

  /** True once every planned trial has a record. */
  get isComplete(): boolean {
    return this.#recorded.size >= this.#grid.size;
  }

  setState(state: SweepState, reason: string | null = null): void {
    this.#state = state;
    this.#stateReason = reason;
    if (state === 'running') this.#alikeFailures.resume();
  }

  isRecorded(index: number): boolean {
    return this.#recorded.has(index);
  }

  /** Those of these trials that the grid has. */
  planned(indices: readonly number[]): readonly Trial[] {
    return indices.filter((index) => index < this.#grid.size).map((index) => this.#grid.trial(index));
  }

  /**
   * Where the grid has a trial that was delivered, perhaps under an earlier spec, or for an earlier sweep of this name; undefined
   * if it does not plan it.
   */
  locate(trial: Pick<Trial, 'trialId' | 'index' | 'params' | 'seed'>): number | undefined {
    // what was admitted is at its place: its identity need not be derived again
    return this.inFlight.trialAt(trial.index) === trial.trialId ? trial.index : this.#grid.locate(trial);
  }

  /** @param maxBatch most trials in a batch */
  demand(maxBatch: number): Omit<Demand, 'served'> {
    return {
      sweep: this.name,
      priority: this.spec.priority,
      weight: this.spec.weight,
      missing: this.#state === 'running' && !this.isSearching ? this.#admissible(maxBatch) : 0,
      inFlight: this.inFlight.indices.size,
      secondsPerTrial: this.#durations.secondsPerTrial,
    };
  }

  /** The next missing trials, in batches; they count as in flight once the queue has them (`admitted`). */
  plan(budget: number, { slots, maxBatch }: { readonly slots: number; readonly maxBatch: number }): readonly Batch[] {
    const missing = this.#missing;
    const { batches, cursor } = planSweep({
      grid: this.#grid,
      done: this.#recorded,
      inFlight: this.inFlight.indices,
      cursor: this.#cursor,
      budget,
      maxBatches: this.#freeSlots,
      batchSize: (group) => batchSize({ secondsPerTrial: this.#durations.secondsOf(group), missing, slots, maxBatch }),
    });
    this.#cursor = cursor;
    const { trialTimeoutSeconds, maxAttempts } = this.spec.limits;
    return batches.map((trials) => ({ sweep: this.name, trials, trialTimeoutSeconds, maxAttempts }));
  }

  /** A batch of trials that this run has planned is in the queue. */
  admitted(batchId: string, trials: readonly Trial[]): void {
    this.inFlight.add(
      batchId,
      trials.filter(({ index }) => !this.#recorded.has(index)),
      expectedSeconds(this.#durations.secondsPerTrial),
    );
  }

  /**
   * The slot time by which what the sweep has had, and has in flight, has grown since this was asked last; negative where
   * trials took less than was expected of them, or were withdrawn.
   */
  takeCharge(): number {
    const seconds = this.#spentSeconds + this.inFlight.seconds;
    const charge = seconds - this.#chargedSeconds;
    this.#chargedSeconds = seconds;
    return charge;
  }

  /** An attempt failed after this time. */
  attempted(elapsedSeconds: number): void {
    this.#spentSeconds += elapsedSeconds;
  }

  /** A batch of any spec of the sweep was found in the queue. Returns whether it holds anything that is still planned. */
  found(batchId: string, trials: readonly Trial[]): boolean {
    const planned = trials.flatMap((trial) => {
      const index = this.#grid.locate(trial);
      return index === undefined || this.#recorded.has(index) ? [] : [{ ...trial, index }];
    });
    this.admitted(batchId, planned);
    return planned.length > 0;
  }

  /** An observation is in the database. */
  observed(observation: Observation, nowMs: number): void {
    const { index, attempt } = observation;
    if (this.inFlight.settle(index)) this.#spentSeconds += expectedSeconds(attempt.elapsedSeconds);
    if (!this.#recorded.add(index)) return this.tally.duplicate();
    this.tally.observe(observation, nowMs);
    this.#alikeFailures.succeed();
    this.#durations.add(this.#grid.structuralKey(index), attempt.elapsedSeconds);
  }

  /** A failed trial is in the database. Returns why the sweep should pause, if it should. */
  failed(failed: FailedTrial): string | undefined {
    this.inFlight.settle(failed.index);
    if (!this.#recorded.add(failed.index)) return undefined;
    this.tally.fail(failed);
    return failed.failure === 'cancelled' ? undefined : this.#alikeFailures.fail(failed);
  }

  summary(nowMs: number): SweepSummary {
    const { name, experiment, planned, createdAtMs } = this.#stored;
    const { priority, weight, slots = null } = this.spec;
    return {
      name,
      experiment,
      state: this.#state,
      stateReason: this.#stateReason,
      share: { priority, weight, slots },
      planned,
      admitted: this.inFlight.indices.size,
      ...this.tally.totals(planned - this.#recorded.size, nowMs),
      createdAtMs,
      updatedAtMs: nowMs,
    };
  }

  get #missing(): number {
    return this.#grid.size - this.#recorded.size - this.inFlight.indices.size;
  }

  /** A batch takes one slot, wherever it is: as many batches in flight as the sweep may have slots, and never more. */
  get #freeSlots(): number {
    return Math.max(0, (this.spec.slots ?? Infinity) - this.inFlight.batches);
  }

  /** Missing trials that may be in flight too; room that could not be used is left to other sweeps. */
  #admissible(maxBatch: number): number {
    const byTime = batchSeconds / (this.#durations.secondsPerTrial ?? batchSeconds);
    const perBatch = Math.max(1, Math.min(byTime, maxBatch));
    return Math.min(this.#missing, Math.ceil(this.#freeSlots * perBatch));
  }
}
