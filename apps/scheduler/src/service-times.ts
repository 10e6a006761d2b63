/** What a sweep was given in one turn. */
export interface Charge {
  readonly sweep: string;
  /** Seconds of slot time over the weight of the sweep. */
  readonly served: number;
  /** Whether it would have taken more. */
  readonly wantsMore: boolean;
}

/**
 * The slot time that each sweep has been given, in seconds over its weight: the virtual time of weighted fair queueing.
 * Trials are charged as they are admitted, by what they are expected to take, and corrected when it is known what they
 * took. Who has the least is served next. A sweep that asked for nothing for a while, or is new, begins where the sweep that was
 * served last stood, so that it neither catches up on what it missed nor waits for others to. Where several were served
 * in one turn, that is the least of those that want more: a sweep that gets all it asks for holds nobody back.
 */
export class ServiceTimes {
  /** May be less than `#now`: what is corrected later is corrected from there. */
  readonly #served = new Map<string, number>();
  #now = 0;

  of(sweep: string): number {
    return Math.max(this.#now, this.#served.get(sweep) ?? 0);
  }

  /** What was charged before turned out to be so much more, or less: trials took longer, or were withdrawn. */
  correct(sweep: string, served: number): void {
    if (served !== 0) this.#served.set(sweep, (this.#served.get(sweep) ?? this.#now) + served);
  }

  /** Charges a turn as a whole: no sweep loses what it is behind because another was charged before it. */
  charge(turn: readonly Charge[]): void {
    if (turn.length === 0) return;
    const charges = turn.map((charge) => ({ ...charge, before: this.of(charge.sweep) }));
    for (const { sweep, before, served } of charges) this.#served.set(sweep, before + served);
    const waiting = charges.filter(({ wantsMore }) => wantsMore);
    this.#now =
      waiting.length > 0
        ? Math.min(...waiting.map(({ before }) => before))
        : Math.max(...charges.map(({ before }) => before));
  }

  /** Forgets all other sweeps. */
  retain(sweeps: ReadonlySet<string>): void {
    for (const name of this.#served.keys()) if (!sweeps.has(name)) this.#served.delete(name);
  }
}
