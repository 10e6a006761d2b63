import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

import type { Planted } from '@natsweep/report/testing';
import { openResults, type ResultsStore } from '@natsweep/results';
import { earlierDatabase } from '@natsweep/results/testing';
import type { Trial } from '@natsweep/sweep';

import { databaseFile, readEnvironment, type Environment } from '../src/environment.ts';
import { runCommandLine } from '../src/program.ts';
import { createTerminal } from '../src/terminal/terminal.ts';

export interface Shown {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A home with recorded sweeps, in which commands that only read are run in this process. */
export class PlantedHome {
  readonly folder = mkdtempSync(join(tmpdir(), 'natsweep-cli-'));
  readonly #environment: Environment;

  /** @param variables set besides, as `NATSWEEP_DATABASE_URL`. */
  constructor(t: TestContext, variables: NodeJS.ProcessEnv = {}) {
    this.#environment = readEnvironment({ NATSWEEP_HOME: this.folder, ...variables });
    t.after(() => rmSync(this.folder, { recursive: true }));
  }

  /** Plants a sweep, and whatever else `also` records. */
  async plant(
    yaml: string,
    findings: (trial: Trial) => Planted,
    also: (store: ResultsStore) => Promise<void> = () => Promise.resolve(),
  ): Promise<void> {
    const { plantSweep } = await import('@natsweep/report/testing');
    const store = await openResults(this.#environment.databaseUrl);
    await plantSweep(store, yaml, findings);
    await also(store);
    await store.close();
  }

  /** Plants a database as an older natsweep left it. */
  plantEarlier(): void {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(databaseFile(this.#environment)!);
    database.exec(earlierDatabase('sqlite', '0003-peak-memory'));
    database.close();
  }

  /** Runs a command as on a terminal of 100 columns without colours. */
  async natsweep(...args: readonly string[]): Promise<Shown> {
    const written = { out: '', err: '' };
    const stream = (name: 'out' | 'err') => ({
      isTTY: true,
      columns: 100,
      write: (text: string | Uint8Array) => {
        written[name] += String(text);
        return true;
      },
    });
    const terminal = createTerminal(stream('out'), stream('err'), { NO_COLOR: '1', TERM: 'dumb' });
    const code = await runCommandLine(args, { terminal, environment: this.#environment });
    return { code, ...written };
  }
}
