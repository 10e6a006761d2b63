import { pino } from 'pino';

import { describeError } from './describe-error.ts';
import { formatLogLine } from './log-line.ts';
import { redactedFields, redactUrlCredentials } from './redaction.ts';

const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof logLevels)[number];

/** What a child logger is about; every field appears on each of its lines. */
export interface LogScope {
  readonly sweep?: string;
  readonly batch?: string;
  readonly trial?: string;
  readonly attempt?: number;
  readonly worker?: string;
  readonly slot?: string;
}

interface LogMethod {
  (message: string): void;
  (fields: object, message: string): void;
}

/** The part of pino's logger that natsweep uses. An `Error` goes into the field `err`. */
export interface Logger {
  readonly debug: LogMethod;
  readonly info: LogMethod;
  readonly warn: LogMethod;
  readonly error: LogMethod;
  child(scope: LogScope): Logger;
}

export interface LoggerOptions {
  /** Name of the process, e.g. `scheduler`. */
  readonly app: string;
  /** Default: NATSWEEP_LOG_LEVEL, else `info`. */
  readonly level?: string;
  /** Appends JSON lines to this file (mode 0600, folders created) instead of writing to stderr. */
  readonly file?: string;
  /** Where lines go instead of stderr or `file`. */
  readonly sink?: { write(line: string): unknown };
  /** One readable line per record instead of JSON. Default: true where stderr is a terminal and is written to. */
  readonly pretty?: boolean;
}

export class LogLevelError extends Error {
  override readonly name = 'LogLevelError';
}

/**
 * JSON lines on stderr or in a file; passwords, tokens and credentials in URLs are replaced before anything is written.
 * Writes are synchronous, so that the last line before a crash is there.
 *
 * @throws LogLevelError if the level is none of pino's.
 */
export function createLogger(options: LoggerOptions): Logger {
  const level = options.level ?? process.env['NATSWEEP_LOG_LEVEL'] ?? 'info';
  if (!logLevels.some((known) => known === level)) {
    throw new LogLevelError(
      `log level "${level}" is unknown; set NATSWEEP_LOG_LEVEL to one of ${logLevels.join(', ')}`,
    );
  }
  const sink = options.sink ?? openSink(options.file);
  const onTerminal = process.stderr.isTTY && options.sink === undefined && options.file === undefined;
  const format = (options.pretty ?? onTerminal) ? formatLogLine : (line: string) => line;
  return pino(
    {
      level,
      base: { app: options.app, pid: process.pid },
      serializers: { err: describeError },
      redact: { paths: redactedFields, censor: '***' },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: pino.stdTimeFunctions.isoTime,
    },
    { write: (line: string) => sink.write(format(redactUrlCredentials(line))) },
  );
}

function openSink(file: string | undefined) {
  const sink =
    file === undefined
      ? pino.destination({ fd: process.stderr.fd, sync: true })
      : pino.destination({ dest: file, mkdir: true, append: true, mode: 0o600, sync: true });
  // a full disk must not end the process that says so: its lines are kept, and follow when there is room
  return sink.on('error', () => {});
}
