import type { Command } from './steps.ts';
import type { Member, Watcher } from './world.ts';

/** Knows who holds the lease, as Redis told it last, and counts what any other scheduler writes. */
export class LeaseWatch implements Watcher {
  holder: Member | undefined;
  intrusions: string[] = [];
  #awaited: { readonly not: Member | undefined; readonly resolve: () => void } | undefined;

  onCommand(member: Member, { verb, words, script }: Command): boolean {
    const writes =
      ['xtrim', 'hset', 'rpush', 'lrem'].includes(verb) || ['addStandardJob', 'removeJob'].includes(script ?? '');
    const own = words[1]?.startsWith('natsweep:bull:batches:meta');
    if (member.role === 'scheduler' && writes && !own && member !== this.holder) {
      this.intrusions.push(script ?? words.slice(0, 2).join(' '));
    }
    return true;
  }

  onReply(member: Member, { verb, words }: Command, reply: string): boolean {
    const taken =
      (verb === 'set' && words[1] === 'natsweep:scheduler' && reply.startsWith('+OK')) ||
      (verb === 'eval' && words[3] === 'natsweep:scheduler' && words.length === 7 && reply.startsWith(':1'));
    if (taken) this.holder = member;
    if (this.#awaited !== undefined && this.holder !== this.#awaited.not) this.#awaited.resolve();
    return true;
  }

  /** Resolves when someone else than `member` holds the lease. */
  async othersThan(member: Member): Promise<void> {
    if (this.holder !== member) return;
    await new Promise<void>((resolve) => (this.#awaited = { not: member, resolve }));
    this.#awaited = undefined;
  }
}
