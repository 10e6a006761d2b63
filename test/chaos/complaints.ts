import { readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A line of a log in which an app says what is wrong. */
export interface Complaint {
  readonly pid: number;
  /** When, in ISO 8601. */
  readonly time: string;
  readonly msg: string;
  /** How long it waits before it tries again; absent where it does not wait. */
  readonly retryInMs?: number;
  readonly err?: { readonly type: string; readonly code?: string };
}

/** What the apps that write to one log complain of. */
export class Complaints {
  readonly #file: string;
  #start = 0;

  constructor(file: string) {
    this.#file = file;
  }

  /** Everything that was said since `forget`. */
  get all(): readonly Complaint[] {
    return this.#since(this.#start);
  }

  /** What was ever said of faults that are not waited out, and whether a process ended by an error that nobody caught. */
  get surprises(): readonly string[] {
    const unexpected = this.#since(0).filter(({ retryInMs }) => retryInMs === undefined);
    const uncaught = readFileSync(this.#file, 'utf8').match(/^Node\.js v.*/gm) ?? [];
    return [...unexpected.map(({ msg }) => msg), ...uncaught];
  }

  forget(): void {
    this.#start = statSync(this.#file).size;
  }

  /** Resolves once one of them is in these words. */
  async until(words: RegExp): Promise<void> {
    while (!this.all.some(({ msg }) => words.test(msg))) await sleep(10);
  }

  #since(start: number): readonly Complaint[] {
    const lines = readFileSync(this.#file).toString('utf8', start).split('\n');
    return lines.filter((line) => /^\{"level":"error".*\}$/.test(line)).map((line) => JSON.parse(line) as Complaint);
  }
}
