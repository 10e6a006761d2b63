import type { Batch } from '@natsweep/sweep';
import type { Command } from './steps.ts';
import type { Member, Watcher } from './world.ts';

/**
 * Sees to the order that keeps everything: a batch is completed after all of its trials are reported, and what is reported, or
 * was let go as failed, is recorded before anyone plans again. Trials that are run twice for want of it would not show in the end.
 */
export class OrderWatch implements Watcher {
  readonly breaches: string[] = [];
  /** Trials by batch. */
  readonly #batches = new Map<string, readonly string[]>();
  /** Trials that workers have sent a report of; whether Redis has taken it. */
  readonly #reported = new Map<string, boolean>();
  /** Trials of the batches that were let go. */
  readonly #letGo = new Set<string>();

  onCommand(member: Member, { verb, words, script }: Command): boolean {
    if (member.role === 'scheduler' && script === 'addStandardJob') this.#admit(words);
    if (member.role === 'worker' && verb === 'xadd')
      for (const trial of observed(words)) this.#reported.set(trial, this.#reported.get(trial) ?? false);
    if (script === 'moveToFinished' && words.includes('completed')) {
      for (const trial of this.#batches.get(batchIn(words)) ?? [])
        if (!this.#reported.has(trial))
          this.breaches.push(`the batch of trial ${trial} is completed before its report`);
    }
    return true;
  }

  onReply(member: Member, { verb, words, script }: Command, reply: string): boolean {
    if (verb === 'xadd' && reply.startsWith('$')) for (const trial of observed(words)) this.#reported.set(trial, true);
    if (member.role === 'scheduler' && script === 'removeJob' && reply.startsWith(':1'))
      for (const trial of this.#batches.get(batchIn(words)) ?? []) this.#letGo.add(trial);
    return true;
  }

  #admit(words: readonly string[]): void {
    const batch = JSON.parse(words.find((word) => word.startsWith('{"sweep":')) ?? '') as Batch;
    const trials = batch.trials.map(({ trialId }) => `${trialId} of ${batch.sweep}`);
    this.#batches.set(batchIn(words), trials);
    for (const trial of trials) {
      if (this.#reported.get(trial) === true) this.breaches.push(`trial ${trial} is reported, and admitted again`);
      if (this.#letGo.has(trial)) this.breaches.push(`trial ${trial} is let go as failed, and admitted again`);
    }
  }
}

/** The trials that a message to the collector holds observations of. */
function observed(words: readonly string[]): readonly string[] {
  let sweep = '';
  return words.flatMap((word) => {
    sweep = /^\{"sweep":"([^"]+)"/.exec(word)?.[1] ?? sweep;
    const [, trial] = /^\{"kind":"observation".*?"trialId":"([^"]+)"/.exec(word) ?? [];
    return trial === undefined ? [] : [`${trial} of ${sweep}`];
  });
}

/** The batch that a script is about: it is in the names of keys, or packed among the arguments. */
function batchIn(words: readonly string[]): string {
  return /b[0-9a-f]{32}/.exec(words.slice(2).join(' '))?.[0] ?? '';
}
