import { existsSync, globSync, writeFileSync } from 'node:fs';

const library = globSync('/usr/lib/*/faketime/libfaketime.so.1')[0];

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
    };
  }

  /** Puts the clock so many hours before (negative) or after the right time. */
  set(hours: number): void {
    writeFileSync(this.#file, `${hours < 0 ? '-' : '+'}${Math.abs(hours)}h\n`);
  }
}
