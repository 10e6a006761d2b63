import { readFileSync, statSync } from 'node:fs';
import { sleep } from './faults.ts';

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
    const lines = readFileSync(this.#file).toString('utf8', this.#start).split('\n');
    return lines.filter((line) => /^\{"level":"error".*\}$/.test(line)).map((line) => JSON.parse(line) as Complaint);
  }

  forget(): void {
    this.#start = statSync(this.#file).size;
  }

  /** Resolves once one of them is in these words. */
  async until(words: RegExp): Promise<void> {
    while (!this.all.some(({ msg }) => words.test(msg))) await sleep(10);
  }
}
