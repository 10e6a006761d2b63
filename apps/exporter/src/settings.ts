import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

export const help = `Usage: node apps/exporter/src/main.ts [options]

Serves /metrics (Prometheus and OpenMetrics), /sd/workers (targets for HTTP service discovery) and /healthz.

Options:
  --listen HOST:PORT       where to listen (default 127.0.0.1:9463)
  --keep-ended SECONDS     how long an ended sweep is shown (default 3600)
  --max-sweeps N           how many sweeps are shown, latest first (default 50)
  --help                   show this text

Environment: REDIS_URL or NATSWEEP_HOME (where the queue is), NATSWEEP_EXPORTER_TOKEN (bearer token that /metrics and
/sd/workers then demand), NATSWEEP_LOG_LEVEL.
`;

export interface Settings {
  readonly host: string;
  readonly port: number;
  readonly keepEndedSeconds: number;
  readonly maxSweeps: number;
  /** Absolute path of natsweep's home directory. */
  readonly home: string;
  readonly token: string | undefined;
}

/** A flag that cannot be used; the message names it and gives an example. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** Flags and environment as settings, or `help` if that is what was asked for. */
export function readSettings(args: readonly string[], env: NodeJS.ProcessEnv): Settings | 'help' {
  const flags = parse(args);
  if (flags.help === true) return 'help';
  return {
    ...address(flags.listen ?? '127.0.0.1:9463'),
    keepEndedSeconds: count('--keep-ended', flags['keep-ended'] ?? '3600'),
    maxSweeps: count('--max-sweeps', flags['max-sweeps'] ?? '50'),
    home: resolve(env['NATSWEEP_HOME'] || '.natsweep'),
    token: env['NATSWEEP_EXPORTER_TOKEN'] || undefined,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      listen: { type: 'string' },
      'keep-ended': { type: 'string' },
      'max-sweeps': { type: 'string' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SettingsError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

function address(text: string): { host: string; port: number } {
  const [, host, port] = /^(?:\[?([^\]]+?)\]?:)?(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65_535) {
    throw new SettingsError(`--listen ${text}: give HOST:PORT, for example 127.0.0.1:9463 or [::1]:9463`);
  }
  return { host: host ?? '127.0.0.1', port: Number(port) };
}

function count(flag: string, text: string): number {
  if (!/^\d+$/.test(text)) throw new SettingsError(`${flag} ${text}: give a whole number, 0 or more`);
  return Number(text);
}
