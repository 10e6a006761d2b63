/** Says when something that is to be done every so often is due again, by this process's monotonic clock. */
export class Periodic {
  readonly #everyMs: number;
  #lastMs = -Infinity;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** True at most once per period. */
  isDue(nowMs: number = performance.now()): boolean {
    if (nowMs - this.#lastMs < this.#everyMs) return false;
    this.#lastMs = nowMs;
    return true;
  }

  /** Makes it due at once. */
  reset(): void {
    this.#lastMs = -Infinity;
  }
}
