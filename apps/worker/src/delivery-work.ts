import type { Delivery, FailureCause, ReportSender, TrialFailure } from '@natsweep/queue';
import type { AttemptInfo, EngineInfo, Trial } from '@natsweep/sweep';
import type { FinishedTrial } from './protocol.ts';

export interface DeliveryContext {
  readonly worker: string;
  readonly slot: string;
  readonly sender: Pick<ReportSender, 'send'>;
  readonly onFinished: (trial: Trial) => void;
}

/** What has become of the trials of one delivery. */
export class DeliveryWork {
  readonly delivery: Delivery;
  readonly #context: DeliveryContext;
  readonly #finished = new Set<string>();
  readonly #failures: Record<string, TrialFailure> = {};

  constructor(delivery: Delivery, context: DeliveryContext) {
    this.delivery = delivery;
    this.#context = context;
  }

  get failures(): Readonly<Record<string, TrialFailure>> {
    return this.#failures;
  }

  /** Trials that have neither finished nor failed. */
  unfinished(): readonly Trial[] {
    return this.delivery.trials.filter((trial) => !this.isFinished(trial) && !(trial.trialId in this.#failures));
  }

  isFinished({ trialId }: Trial): boolean {
    return this.#finished.has(trialId);
  }

  fail({ trialId }: Trial, { failure, message, logTail }: FailureCause, startedAtMs: number): void {
    const attempt = this.#attempt(startedAtMs, (Date.now() - startedAtMs) / 1000);
    this.#failures[trialId] = { failure, message, logTail, attempt };
  }

  finish(finished: FinishedTrial, engine: EngineInfo): void {
    const { startedAtMs, elapsedSeconds, ...result } = finished;
    const trial = this.delivery.trials.find(({ trialId }) => trialId === result.trialId);
    if (trial === undefined || this.isFinished(trial)) return;
    const { index, params, seed } = trial;
    const attempt = this.#attempt(startedAtMs, elapsedSeconds);
    const sweep = this.delivery.batch.sweep;
    this.#finished.add(trial.trialId);
    this.#context.sender.send({ kind: 'observation', sweep, index, params, seed, ...result, engine, attempt });
    this.#context.onFinished(trial);
  }

  #attempt(startedAtMs: number, elapsedSeconds: number): AttemptInfo {
    const { worker, slot } = this.#context;
    return { attempt: this.delivery.attempt, worker, slot, startedAtMs, elapsedSeconds };
  }
}
