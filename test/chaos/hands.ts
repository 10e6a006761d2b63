import type { Random } from './faults.ts';
import { deliveredBatch, settles, type Command } from './steps.ts';
import type { Member, Watcher } from './world.ts';

/** Knows which batch each worker has in hand, by what it and Redis have said to each other. A worker here has one slot. */
export class Hands implements Watcher {
  readonly #batches = new Map<Member, string>();
  #wake = Promise.withResolvers<void>();

  onCommand(member: Member, command: Command): boolean {
    if (settles(command)) this.empty(member);
    return true;
  }

  onReply(member: Member, command: Command, reply: string): boolean {
    const batch = deliveredBatch(command, reply);
    if (batch === undefined) return true;
    for (const [other, held] of this.#batches) if (held === batch) this.#batches.delete(other);
    this.#batches.set(member, batch);
    this.#changed();
    return true;
  }

  /** The batch that the worker has in hand; undefined if it has none. */
  of(member: Member): string | undefined {
    return this.#batches.get(member);
  }

  /** The worker has settled its batch, or is gone. */
  empty(member: Member): void {
    if (this.#batches.delete(member)) this.#changed();
  }

  /** One of the workers that have a batch in hand, as soon as there is one. */
  async someone(random: Pick<Random, 'of'>): Promise<Member> {
    while (this.#batches.size === 0) await this.#wake.promise;
    return random.of([...this.#batches.keys()]);
  }

  /** Waits until the worker does not have its batch any more. Returns whether that is because another was given it. */
  async passedOn(member: Member): Promise<boolean> {
    const batch = this.#batches.get(member);
    while (batch !== undefined && this.#batches.get(member) === batch) await this.#wake.promise;
    return batch !== undefined && [...this.#batches.values()].includes(batch);
  }

  #changed(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers<void>();
  }
}
