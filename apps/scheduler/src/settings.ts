import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { longestLeaseMs } from '@natsweep/queue';

export const help = `Usage: node apps/scheduler/src/main.ts [options]

Plans the missing trials of every sweep, keeps the queue topped up, and records what workers report.

Options:
  --max-batch N            most trials in one batch (default 64)
  --backlog SECONDS        work per slot to keep in the queue (default 4)
  --lease SECONDS          after how long without a sign of life another scheduler takes over (default 10, at most 60)
  --help                   show this text

Environment: REDIS_URL or NATSWEEP_HOME (where the queue is), NATSWEEP_DATABASE_URL (default: results.sqlite in the home
directory), NATSWEEP_LOG_LEVEL.
`;

export interface Settings {
  /** Absolute path of natsweep's home directory. */
  readonly home: string;
  readonly databaseUrl: string;
  readonly maxBatch: number;
  readonly backlogSeconds: number;
  readonly leaseSeconds: number;
}

/** A flag that cannot be used; the message names it and gives an example. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Flags and environment as settings, or `help` if that is what was asked for. */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings | 'help' {
  const flags = parse(args);
  if (flags.help === true) return 'help';
  const home = resolve(env['NATSWEEP_HOME'] || '.natsweep');
  return {
    home,
    databaseUrl: env['NATSWEEP_DATABASE_URL'] || `sqlite:${join(home, 'results.sqlite')}`,
    maxBatch: Math.floor(atLeast(1, '--max-batch', flags['max-batch'] ?? '64')),
    backlogSeconds: atLeast(0.1, '--backlog', flags.backlog ?? '4'),
    leaseSeconds: lease(flags.lease ?? '10'),
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      'max-batch': { type: 'string' },
      backlog: { type: 'string' },
      lease: { type: 'string' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SettingsError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

function lease(text: string): number {
  const seconds = atLeast(0.5, '--lease', text);
  if (seconds * 1000 > longestLeaseMs) throw new SettingsError(`--lease ${text} is more than ${longestLeaseMs / 1000}`);
  return seconds;
}

function atLeast(least: number, flag: string, text: string): number {
  const value = Number(text);
  if (!(value >= least && value <= 1e6)) throw new SettingsError(`${flag} ${text} is not a number from ${least} on`);
  return value;
}
