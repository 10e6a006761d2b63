import { findDeclaration } from '@natsweep/catalogue';
import type { SweepSummary } from '@natsweep/queue';
import type { ResultsStore, StoredSweep, SweepState } from '@natsweep/results';
import {
  createGrid,
  IndexSet,
  planSweep,
  type Batch,
  type FailedTrial,
  type Failure,
  type Grid,
  type Observation,
  type SweepSpec,
  type Trial,
} from '@natsweep/sweep';
import { batchSeconds, batchSize, type Demand } from './admission.ts';
import { Durations } from './durations.ts';
import { InFlight } from './in-flight.ts';
import { Tally } from './tally.ts';

/** A sweep that this natsweep cannot plan: its experiment is unknown here, or has another version. */
export class UnplannableSweepError extends Error {
  override readonly name = 'UnplannableSweepError';
}

interface RunParts {
  readonly grid: Grid;
  readonly tally: Tally;
}

export interface LoadOptions {
  /** The last summary that was published. */
  readonly last: SweepSummary | undefined;
}

/** A sweep that is running or paused: its grid, what is recorded of it, and what is in flight. */
export class SweepRun {
  readonly spec: SweepSpec;
  readonly inFlight = new InFlight();
  readonly tally: Tally;
  readonly #stored: StoredSweep;
  readonly #grid: Grid;
  readonly #recorded = new IndexSet();
  readonly #durations = new Durations();
  readonly #alikeFailures = new Map<Failure, number>();
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
  }

  /** Reads back what the database holds of a sweep. Throws `UnplannableSweepError`. */
  static async load(results: ResultsStore, stored: StoredSweep, { last }: LoadOptions): Promise<SweepRun> {
    const spec = JSON.parse(stored.spec) as SweepSpec;
    const grid = planGrid(spec);
    const tally = new Tally(spec.objective, await results.counts(stored.name), last);
    if (!tally.isWhole) await tally.recount(results.allRows(stored.name, { kind: 'observation' }));
    const run = new SweepRun(stored, spec, { grid, tally });
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
    if (state === 'running') this.#alikeFailures.clear();
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
    );
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
    if (!this.#settle(observation.index)) return this.tally.duplicate();
    this.tally.observe(observation, nowMs);
    this.#durations.add(this.#grid.structuralKey(observation.index), observation.attempt.elapsedSeconds);
  }

  /** A failed trial is in the database. Returns why the sweep should pause, if it should. */
  failed(failed: FailedTrial): string | undefined {
    if (!this.#settle(failed.index)) return undefined;
    this.tally.fail(failed);
    if (failed.failure === 'cancelled') return undefined;
    const alike = (this.#alikeFailures.get(failed.failure) ?? 0) + 1;
    this.#alikeFailures.set(failed.failure, alike);
    if (alike !== this.spec.limits.pauseAfterFailures) return undefined;
    return `${alike} trials failed alike (${failed.failure}): ${failed.message}`;
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

  #settle(index: number): boolean {
    this.inFlight.settle(index);
    return this.#recorded.add(index);
  }
}

/** The grid of a spec. Throws `UnplannableSweepError` with a message that says what to do. */
export function planGrid(spec: SweepSpec): Grid {
  const declaration = findDeclaration(spec.experiment);
  if (declaration === undefined) {
    throw new UnplannableSweepError(`This natsweep has no experiment "${spec.experiment}": update the scheduler.`);
  }
  try {
    return createGrid(spec, declaration);
  } catch (error) {
    throw new UnplannableSweepError(`Sweep "${spec.name}" cannot be planned: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
