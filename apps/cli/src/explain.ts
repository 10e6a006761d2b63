import type { ResultsErrorCode } from '@natsweep/results';

import { CliError, exitCodes, type ExitCode } from './exit.ts';

export interface Explanation {
  readonly message: string;
  readonly exitCode: ExitCode;
}

const { badInput, unavailable } = exitCodes;

/** Faults of the file system that a user can mend, by Node's error code. */
const fileFaults: Readonly<Record<string, readonly [sentence: string, exitCode: ExitCode]>> = {
  ENOSPC: ['No space left on the disk: free some, then run the command again', unavailable],
  EDQUOT: ['The disk quota is used up: free some space, then run the command again', unavailable],
  EACCES: ['Permission denied: give this user the right to it, or choose another place', unavailable],
  EPERM: ['Not permitted: give this user the right to it, or choose another place', unavailable],
  EROFS: ['The file system is read-only: choose another place', unavailable],
  EMFILE: ['Too many files are open: raise the limit with "ulimit -n"', unavailable],
  ENOENT: ['There is no such file or folder', badInput],
  ENOTDIR: ['A part of the path is no folder', badInput],
  EISDIR: ['This is a folder where a file is wanted', badInput],
  ENAMETOOLONG: ['A name is too long for the file system', badInput],
};

/** Whether a code of `ResultsError` means a wrong question, or a database in trouble. */
const resultsFaults: Readonly<Record<ResultsErrorCode, ExitCode>> = {
  'bad-url': badInput,
  'bad-filter': badInput,
  'unknown-sweep': badInput,
  'unknown-column': badInput,
  'unknown-trial': badInput,
  ambiguous: badInput,
  'not-found': unavailable,
  unreachable: unavailable,
  denied: unavailable,
  'read-only': unavailable,
  full: unavailable,
  disk: unavailable,
  locked: unavailable,
  superseded: unavailable,
  corrupt: unavailable,
  'newer-schema': unavailable,
  'older-schema': unavailable,
  fault: unavailable,
};

/** Errors of the libraries whose message is already said to the user, by name. */
const saidToUsers: Readonly<Record<string, ExitCode>> = {
  LogLevelError: badInput,
  ComparisonError: badInput,
  UnknownSweepError: badInput,
  GridError: badInput,
  SweepSpecError: badInput,
  ExpressionError: badInput,
  RedisUnavailableError: unavailable,
  RedisRefusalError: unavailable,
  NoSchedulerError: unavailable,
};

/** What a client says of a server that went away while it was asked, by name or code. */
const brokenConnections = new Set([
  'MaxRetriesPerRequestError',
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
]);

/** The one sentence and the exit code for whatever a command threw; undefined for a fault of natsweep itself. */
export function explain(error: unknown): Explanation | undefined {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const { code = '', path } = error as NodeJS.ErrnoException;
  if (name === 'ResultsError') return { message, exitCode: resultsFaults[code as ResultsErrorCode] };
  if (name === 'ReplyError') return { message: redisRefusal(message), exitCode: unavailable };
  const said = saidToUsers[name];
  if (said !== undefined) return { message, exitCode: said };
  if (brokenConnections.has(name) || brokenConnections.has(code) || message === 'Connection is closed.') {
    const reason = code === '' ? message : code;
    return {
      message: `The connection broke while it was used (${reason}): look with "natsweep doctor", then run the command again.`,
      exitCode: unavailable,
    };
  }
  const fault = fileFaults[code];
  if (fault === undefined) return undefined;
  const [sentence, exitCode] = fault;
  return { message: `${sentence}${path === undefined ? '' : ` (${path})`}.`, exitCode };
}

/** Redis refuses a command: the first word says why. */
function redisRefusal(message: string): string {
  if (!message.startsWith('NOPERM')) return `Redis refuses this: ${message}`;
  const refusal = message.replace(/^NOPERM (this user|User \S+) has /i, '');
  return `The Redis user in REDIS_URL has ${refusal}: log in as another.`;
}
