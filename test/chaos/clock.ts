import { existsSync, globSync, renameSync, writeFileSync } from 'node:fs';

/** The one for programs with threads, which Node's are: the other parses the time into one buffer from all of them at once. */
const library = globSync('/usr/lib/*/faketime/libfaketimeMT.so.1')[0];

/** Why clocks cannot be set here; undefined where they can. */
export const noClocks = library === undefined ? 'libfaketime is not installed (Debian: faketime)' : undefined;

/** The wall clock of the processes that have its environment; their monotonic clock goes on as ever. */
export class Clock {
  readonly environment: NodeJS.ProcessEnv;
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
    if (!existsSync(file)) this.set(0);
    this.environment = {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // else every look at a file takes a semaphore that is shared with the children, and one killed then never gives it back
      NO_FAKE_STAT: '1',
    };
  }

  /** Puts the clock so many hours before (negative) or after the right time. */
  set(hours: number): void {
    // at once: an empty file is no time
    const next = `${this.#file}.next`;
    writeFileSync(next, `${hours < 0 ? '-' : '+'}${Math.abs(hours)}h\n`);
    renameSync(next, this.#file);
  }
}
