import type { FinishedTrial } from './protocol.ts';

/**
 * A result is held for so long at most, if the experiment lets go of the processor, and results that took so long to find
 * are not held at all: should the process end before they are told, they are found again as soon.
 */
export const longestHoldMs = 50;

/**
 * Results on their way out of a trial process. Each is told at once; only while short trials follow one another are they told
 * together: a message costs more than a trial that takes no time, and a few percent of one that takes 10 ms.
 */
export class ResultOutbox {
  readonly #tell: (trials: readonly FinishedTrial[]) => void;
  #held: FinishedTrial[] = [];
  #heldWorkMs = 0;
  #toldAtMs = -Infinity;
  #timer: NodeJS.Timeout | undefined;

  constructor(tell: (trials: readonly FinishedTrial[]) => void) {
    this.#tell = tell;
  }

  add(trial: FinishedTrial): void {
    this.#held.push(trial);
    this.#heldWorkMs += trial.elapsedSeconds * 1000;
    if (this.#heldWorkMs >= longestHoldMs) this.#flush();
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
    this.#heldWorkMs = 0;
    this.#toldAtMs = performance.now();
  }
}
