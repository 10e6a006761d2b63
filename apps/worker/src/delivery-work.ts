import {
  exhaustsEverySlot,
  type Delivery,
  type FailureCause,
  type ReportSender,
  type TrialFailure,
} from '@natsweep/queue';
import type { AttemptInfo, EngineInfo, GpuReading, Trial } from '@natsweep/sweep';
import type { FinishedTrial } from './protocol.ts';

export interface DeliveryContext {
  readonly worker: string;
  readonly slot: string;
  readonly sender: Pick<ReportSender, 'send'>;
  readonly onFinished: (trial: Trial) => void;
  /** The slot's GPU as last read; undefined on a CPU. */
  readonly gpu: () => GpuReading | undefined;
  /** What the slot has. */
  readonly memoryBytes: () => number;
}

/** Characters that are kept of a message, and of a log: a report is bounded, and one that is not read never ends its trial. */
const maxTextCharacters = 10_000;

/** What has become of the trials of one delivery. */
export class DeliveryWork {
  readonly delivery: Delivery;
  readonly #context: DeliveryContext;
  readonly #finished = new Set<string>();
  readonly #cancelled = new Set<string>();
  readonly #failures = new Map<string, TrialFailure>();
  readonly #trials: ReadonlyMap<string, Trial>;

  constructor(delivery: Delivery, context: DeliveryContext) {
    this.delivery = delivery;
    this.#trials = new Map(delivery.trials.map((trial) => [trial.trialId, trial]));
    this.#context = context;
  }

  get failures(): Readonly<Record<string, TrialFailure>> {
    return Object.fromEntries(this.#failures);
  }

  /** Trials that are still to be run. */
  open(): readonly Trial[] {
    return this.delivery.trials.filter((trial) => this.isOpen(trial));
  }

  /** Trials that have neither finished nor been cancelled. */
  left(): readonly Trial[] {
    return this.delivery.trials.filter(({ trialId }) => !this.#finished.has(trialId) && !this.#cancelled.has(trialId));
  }

  /** To be awaited before a trial runs by itself: see `Delivery.begin`. */
  async begin({ trialId }: Trial): Promise<void> {
    await this.delivery.begin({ trialId, attempt: this.#attempt(Date.now(), 0) }, this.left());
  }

  /** Whether the trial has neither finished, nor failed, nor been cancelled. */
  isOpen({ trialId }: Trial): boolean {
    return !this.#finished.has(trialId) && !this.#cancelled.has(trialId) && !this.#failures.has(trialId);
  }

  /** Nobody waits for these trials any more. Returns those that were open. */
  cancel(trialIds: readonly string[]): readonly Trial[] {
    const cancelled = this.open().filter(({ trialId }) => trialIds.includes(trialId));
    for (const { trialId } of cancelled) this.#cancelled.add(trialId);
    return cancelled;
  }

  fail(
    { trialId }: Trial,
    { failure, message, logTail }: FailureCause,
    { startedAtMs, elapsedSeconds }: Pick<AttemptInfo, 'startedAtMs' | 'elapsedSeconds'>,
  ): void {
    const told = {
      failure,
      message: message.slice(0, maxTextCharacters),
      logTail: logTail.slice(-maxTextCharacters),
      attempt: this.#attempt(startedAtMs, elapsedSeconds),
    };
    this.#failures.set(trialId, failure === 'out-of-memory' ? this.#exhausted(trialId, told) : told);
  }

  #exhausted(trialId: string, failure: TrialFailure): TrialFailure {
    const slotMemoryBytes = this.#context.memoryBytes();
    if (!exhaustsEverySlot(this.delivery.batch.failures[trialId], slotMemoryBytes))
      return { ...failure, slotMemoryBytes };
    const gibibytes = (slotMemoryBytes / 2 ** 30).toFixed(1);
    // of a machine's processors there are as many slots as one likes, of its GPUs one each
    const remedy =
      this.#context.gpu() === undefined
        ? 'run fewer slots per machine, or use one with more memory'
        : 'use a GPU or a machine with more memory';
    const message = `${failure.message}, again in a slot with ${gibibytes} GiB: ${remedy}, then "natsweep retry"`;
    return { ...failure, message, slotMemoryBytes, isFinal: true };
  }

  finish(finished: FinishedTrial, engine: EngineInfo): void {
    const { startedAtMs, elapsedSeconds, peakMemoryBytes, ...result } = finished;
    const trial = this.#trials.get(result.trialId);
    if (trial === undefined || !this.isOpen(trial)) return;
    const { index, params, seed } = trial;
    const attempt = { ...this.#attempt(startedAtMs, elapsedSeconds), peakMemoryBytes };
    const sweep = this.delivery.batch.sweep;
    this.#finished.add(trial.trialId);
    this.#context.sender.send({ kind: 'observation', sweep, index, params, seed, ...result, engine, attempt });
    this.#context.onFinished(trial);
  }

  #attempt(startedAtMs: number, elapsedSeconds: number): AttemptInfo {
    const { worker, slot } = this.#context;
    const gpu = this.#context.gpu();
    return { attempt: this.delivery.attempt, worker, slot, startedAtMs, elapsedSeconds, ...(gpu && { gpu }) };
  }
}
