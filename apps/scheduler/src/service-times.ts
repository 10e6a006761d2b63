/**
 * The work that each sweep has been given, in seconds over its weight: the virtual time of weighted fair queueing. Who
 * has the least is served next. A sweep that asked for nothing for a while, or is new, begins where the sweep that was
 * served last stood, so that it neither catches up on what it missed nor waits for others to.
 */
export class ServiceTimes {
  readonly #served = new Map<string, number>();
  #now = 0;

  of(sweep: string): number {
    return Math.max(this.#now, this.#served.get(sweep) ?? 0);
  }

  /** @param served seconds over the weight of the sweep */
  add(sweep: string, served: number): void {
    const before = this.of(sweep);
    this.#served.set(sweep, before + served);
    this.#now = before;
    for (const [name, time] of this.#served) if (time <= this.#now) this.#served.delete(name);
  }
}
