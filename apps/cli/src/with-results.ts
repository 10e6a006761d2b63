import { existsSync } from 'node:fs';

import { openResults, ResultsError, type ResultsStore } from '@natsweep/results';

import { databaseFile, type Environment } from './environment.ts';
import { badInput } from './exit.ts';

/** Runs `use` with the results database and closes it. Needs no running stack, nor the right to write. Never creates a database. */
export async function withResults<T>(environment: Environment, use: (results: ResultsStore) => Promise<T>): Promise<T> {
  if (!databaseExists(environment)) {
    throw badInput(`No sweep has been launched in ${environment.home}: name another home with NATSWEEP_HOME.`);
  }
  const results = await openResults(environment.databaseUrl, { readOnly: true });
  try {
    return await use(results);
  } finally {
    await results.close();
  }
}

/** Whether the database is one of an older natsweep, which the next scheduler brings up to date as it starts. */
export function isOlderSchema(error: unknown): error is ResultsError {
  return error instanceof ResultsError && error.code === 'older-schema';
}

/** False only for a database file that nothing has been written to yet; opening would create it. */
export function databaseExists(environment: Environment): boolean {
  const file = databaseFile(environment);
  return file === undefined || existsSync(file);
}
