import type { FinishedTrial } from './protocol.ts';

/** What a trial has found in less time is found again sooner than told: should the process end before, nothing is lost. */
const worthTellingSeconds = 0.001;
/** What is not worth a message of its own is told with others after so long, if the experiment lets it. */
const longestHoldMs = 5;

/**
 * Results on their way out of a trial process. Each is told at once; only while trials that take no time follow one another
 * are they told together, because a message costs more than such a trial.
 */
export class ResultOutbox {
  readonly #tell: (trials: readonly FinishedTrial[]) => void;
  #held: FinishedTrial[] = [];
  #toldAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (trials: readonly FinishedTrial[]) => void) {
    this.#tell = tell;
  }

  add(trial: FinishedTrial): void {
    this.#held.push(trial);
    if (trial.elapsedSeconds >= worthTellingSeconds) this.#flush();
    else this.tellOverdue();
    if (this.#held.length > 0) this.#timer ??= setTimeout(() => this.#flush(), longestHoldMs);
  }

  /** To be called whenever an experiment lets go of the processor for a moment. */
  tellOverdue(): void {
    if (performance.now() - this.#toldAtMs >= longestHoldMs) this.#flush();
  }

  /** What was not told; it is not going to be. */
  rest(): readonly FinishedTrial[] {
    clearTimeout(this.#timer);
    return this.#held.splice(0);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    this.#tell(this.#held);
    this.#held = [];
    this.#toldAtMs = performance.now();
  }
}
