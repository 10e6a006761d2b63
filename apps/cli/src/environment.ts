import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where this installation keeps its state, and what the environment says about servers to use. */
export interface Environment {
  /** Absolute path of the home directory. */
  readonly home: string;
  /** `sqlite:/path/results.sqlite` or `postgres://…`. */
  readonly databaseUrl: string;
  /** A Redis to use instead of a private one; undefined if none is named. */
  readonly redisUrl: string | undefined;
  readonly variables: NodeJS.ProcessEnv;
}

/** NATSWEEP_HOME (default: `.natsweep` in the current folder), NATSWEEP_DATABASE_URL and REDIS_URL. */
export function readEnvironment(variables: NodeJS.ProcessEnv): Environment {
  const home = resolve(nonEmpty(variables.NATSWEEP_HOME) ?? '.natsweep');
  return {
    home,
    databaseUrl: nonEmpty(variables.NATSWEEP_DATABASE_URL) ?? `sqlite:${join(home, 'results.sqlite')}`,
    redisUrl: nonEmpty(variables.REDIS_URL),
    variables,
  };
}

/** The file of a SQLite database; undefined for a server. */
export function databaseFile({ databaseUrl }: Environment): string | undefined {
  return databaseUrl.startsWith('sqlite:') ? resolve(databaseUrl.replace(/^sqlite:(\/\/(?=\/))?/, '')) : undefined;
}

/** The apps that the CLI starts as processes. */
export type App = 'scheduler' | 'worker' | 'exporter';

export function appEntry(app: App): string {
  return fileURLToPath(new URL(`../../${app}/src/main.ts`, import.meta.url));
}

function nonEmpty(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
