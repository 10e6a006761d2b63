import { findDeclaration } from '@natsweep/catalogue';
import {
  isRetryable,
  LockLostError,
  type Cancelled,
  type Delivery,
  type DeliveryOutcome,
  type FailureCause,
  type ReportSender,
} from '@natsweep/queue';
import type { EngineInfo, GpuReading, Trial } from '@natsweep/sweep';
import type { Logger } from '@natsweep/telemetry';
import { DeliveryWork } from './delivery-work.ts';
import type { Wear } from './protocol.ts';
import { TrialChild, type RunEnd, type TrialChildOptions, type TrialProcessError } from './trial-child.ts';

export interface SlotOptions extends TrialChildOptions {
  readonly name: string;
  readonly worker: string;
  readonly sender: Pick<ReportSender, 'send' | 'flush'>;
  readonly logger: Logger;
  /** A trial process that has used up more than this is replaced between batches. */
  readonly limits: () => Wear;
  /** Of which a trial in this slot runs out: that of its GPU, or its share of the machine's. */
  readonly memoryBytes: () => number;
  /** This slot's GPU as last read. Default: there is none. */
  readonly readGpu?: () => GpuReading | undefined;
}

/** What a slot says of itself in the worker's heartbeat. */
export interface SlotState {
  readonly engine: EngineInfo | undefined;
  readonly trialId: string | null;
  readonly trialsFinished: number;
  readonly stepsFinished: number;
}

/**
 * A place to run one trial process. Trials of a delivery run together; if the process fails under them, the ones that
 * have not finished run again one by one, so that only the trial at fault loses an attempt.
 */
export class Slot {
  readonly name: string;
  readonly gpu: string | undefined;
  readonly #options: SlotOptions;
  #child: Promise<TrialChild> | undefined;
  /** Ends a trial process that is not ready yet. */
  #starting = new AbortController();
  #work: DeliveryWork | undefined;
  /** The trials that the process has been given. */
  #underWay: readonly Trial[] = [];
  #handingBack = false;
  #state: SlotState = { engine: undefined, trialId: null, trialsFinished: 0, stepsFinished: 0 };

  constructor(options: SlotOptions) {
    this.name = options.name;
    this.gpu = options.gpu;
    this.#options = options;
  }

  get state(): SlotState {
    return this.#state;
  }

  /** Whether it has a delivery in hand. */
  get isBusy(): boolean {
    return this.#work !== undefined;
  }

  /** Starts the trial process ahead of the first delivery; throws `TrialProcessError` if it cannot run here. */
  async prepare(): Promise<EngineInfo> {
    const { engine } = await this.#readyChild();
    this.#state = { ...this.#state, engine };
    return engine;
  }

  /** Runs one delivery; every result has been sent when it resolves. */
  async run(delivery: Delivery): Promise<DeliveryOutcome> {
    const { signal } = delivery;
    const givenUp = () => this.#isGivenUp(delivery);
    const lockLost = () => void this.#kill();
    signal.addEventListener('abort', lockLost, { once: true });
    const work = new DeliveryWork(delivery, {
      worker: this.#options.worker,
      slot: this.name,
      sender: this.#options.sender,
      onFinished: (trial) => this.#count(trial),
      gpu: () => this.#options.readGpu?.(),
      memoryBytes: this.#options.memoryBytes,
    });
    this.#work = work;
    try {
      if (delivery.loss !== undefined) this.#options.sender.send(delivery.loss);
      if (!delivery.oneByOne && delivery.trials.length > 1) await this.#attempt(work, delivery.trials);
      for (const trial of work.open()) {
        if (givenUp()) break;
        if (!work.isOpen(trial)) continue;
        this.#options.sender.flush();
        await work.begin(trial);
        const started = { atMs: Date.now(), onClockMs: performance.now() };
        if (givenUp()) break;
        if (!work.isOpen(trial)) continue;
        const end = await this.#attempt(work, [trial]);
        if (givenUp()) break;
        if (!work.isOpen(trial)) continue;
        const elapsedSeconds = (performance.now() - started.onClockMs) / 1000;
        work.fail(trial, end.kind === 'failed' ? end : noResult, { startedAtMs: started.atMs, elapsedSeconds });
      }
      if (signal.aborted) throw new LockLostError(`batch ${delivery.batchId}: lock lost, left to another worker`);
      return this.#settle(delivery, work);
    } finally {
      this.#options.sender.flush();
      this.#work = undefined;
      this.#underWay = [];
      signal.removeEventListener('abort', lockLost);
      this.#state = { ...this.#state, trialId: null };
    }
  }

  /** Gives up the delivery in hand: finished trials are kept, the rest goes back to the queue. */
  async handBack(): Promise<void> {
    this.#handingBack = true;
    await this.#kill();
  }

  /** Drops trials that nobody waits for any more; others that were under way with one of them begin again. */
  async cancel({ sweep, trialIds }: Cancelled): Promise<void> {
    const work = this.#work;
    if (work?.delivery.batch.sweep !== sweep) return;
    const cancelled = work.cancel(trialIds ?? work.open().map((trial) => trial.trialId));
    if (cancelled.some((trial) => this.#underWay.includes(trial))) await this.#kill();
  }

  /** Ends the trial process. */
  async close(): Promise<void> {
    await this.#kill();
  }

  #isGivenUp({ signal }: Delivery): boolean {
    return this.#handingBack || signal.aborted;
  }

  #settle(delivery: Delivery, work: DeliveryWork): DeliveryOutcome {
    if (this.#handingBack && work.open().length > 0) return { kind: 'handed-back', remaining: work.left() };
    const failures = work.failures;
    const reasons = Object.values(failures);
    if (reasons.length === 0) return { kind: 'finished' };
    this.#options.sender.send({
      kind: 'failed-delivery',
      sweep: delivery.batch.sweep,
      again: delivery.hasNext && reasons.some(isRetryable),
      attempts: Object.entries(failures).map(([trialId, reason]) => ({ trialId, ...reason })),
    });
    return { kind: 'failed', failures };
  }

  async #attempt(work: DeliveryWork, trials: readonly Trial[]): Promise<RunEnd> {
    this.#underWay = trials;
    const child = await this.#childOrFailure();
    if (!(child instanceof TrialChild)) return child;
    // meanwhile nobody may wait for it any more
    if (this.#isGivenUp(work.delivery) || !trials.some((trial) => work.isOpen(trial))) return notRun;
    this.#state = { ...this.#state, engine: child.engine, trialId: trials[0]?.trialId ?? null };
    let stepsDone = 0;
    const end = await child.run(trials, {
      trialTimeoutSeconds: work.delivery.batch.trialTimeoutSeconds,
      together: findDeclaration(trials[0]?.experiment ?? '')?.computesTogether === true,
      onFinished: ({ trials, engine }) => {
        for (const trial of trials) {
          // After a hand-back has begun, `stopped` is this slot's doing and no result.
          if (!this.#handingBack || trial.outcome !== 'stopped') work.finish(trial, engine);
        }
      },
      onProgress: (trialId, steps) => {
        const made = steps >= stepsDone ? steps - stepsDone : steps;
        stepsDone = steps;
        this.#state = { ...this.#state, trialId, stepsFinished: this.#state.stepsFinished + made };
      },
    });
    if (end.kind === 'failed') {
      this.#child = undefined;
      const { failure, message } = end;
      if (!this.#handingBack && trials.some((trial) => work.isOpen(trial)))
        this.#options.logger.warn({ failure, trials: trials.length }, message);
    } else await this.#replaceIfWorn(end);
    return end;
  }

  async #replaceIfWorn({ memoryBytes, tensorHandles }: Wear): Promise<void> {
    const { logger } = this.#options;
    const limits = this.#options.limits();
    if (memoryBytes > limits.memoryBytes)
      logger.info({ memoryBytes }, 'trial process replaced: it holds too much memory');
    else if (tensorHandles > limits.tensorHandles)
      logger.info({ tensorHandles }, 'trial process replaced: its TensorFlow runs out of handles');
    else return;
    await this.#kill();
  }

  async #childOrFailure(): Promise<TrialChild | RunEnd> {
    try {
      return await this.#readyChild();
    } catch (error) {
      const { code, message } = error as TrialProcessError;
      return { kind: 'failed', failure: code, message, logTail: '' };
    }
  }

  async #readyChild(): Promise<TrialChild> {
    const child = await this.#child;
    if (child?.alive) return child;
    this.#starting = new AbortController();
    const started = TrialChild.start(this.#options, this.#starting.signal);
    this.#child = started;
    try {
      return await started;
    } catch (error) {
      this.#child = undefined;
      throw error;
    }
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    this.#starting.abort();
    (await child?.catch(() => undefined))?.kill();
  }

  #count({ trialId }: Trial): void {
    const { trialsFinished } = this.#state;
    this.#state = { ...this.#state, trialId, trialsFinished: trialsFinished + 1 };
  }
}

const noResult: FailureCause = {
  failure: 'crash',
  message: 'the experiment ended without a result for this trial',
  logTail: '',
};
/** Of trials that nobody waits for: it goes nowhere. */
const notRun: RunEnd = { kind: 'failed', ...noResult };
