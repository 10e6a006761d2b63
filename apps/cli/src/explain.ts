import { CliError, exitCodes, type ExitCode } from './exit.ts';

export interface Explanation {
  readonly message: string;
  readonly exitCode: ExitCode;
}

/** Faults of the file system that a user can mend, by Node's error code. */
const fileFaults: Readonly<Record<string, string>> = {
  ENOSPC: 'No space left on the disk: free some, then run the command again',
  EDQUOT: 'The disk quota is used up: free some space, then run the command again',
  EACCES: 'Permission denied: give this user the right to write there, or choose another place with NATSWEEP_HOME',
  EROFS: 'The file system is read-only: choose another place with NATSWEEP_HOME',
};

/** Codes of `ResultsError` that mean a wrong question, not a database in trouble. */
const questionFaults = new Set([
  'bad-url',
  'bad-filter',
  'unknown-sweep',
  'unknown-column',
  'unknown-trial',
  'ambiguous',
]);

/** Names of errors whose message is already said to the user: the input cannot be what was meant. */
const badInputErrors = new Set(['LogLevelError', 'ComparisonError', 'GridError']);

/** The one sentence and the exit code for whatever a command threw; undefined for a fault of natsweep itself. */
export function explain(error: unknown): Explanation | undefined {
  if (error instanceof CliError) return { message: error.message, exitCode: error.exitCode };
  if (!(error instanceof Error)) return undefined;
  const { name, message } = error;
  const code = (error as { code?: unknown }).code;
  if (name === 'RedisUnavailableError' || name === 'NoSchedulerError')
    return { message, exitCode: exitCodes.unavailable };
  if (name === 'ResultsError') {
    return { message, exitCode: questionFaults.has(String(code)) ? exitCodes.badInput : exitCodes.unavailable };
  }
  if (name === 'ReplyError' && message.startsWith('NOPERM')) {
    const refusal = message.replace(/^NOPERM (this user|User \S+) has /i, '');
    return {
      message: `The Redis user in REDIS_URL has ${refusal}: log in as another.`,
      exitCode: exitCodes.unavailable,
    };
  }
  if (badInputErrors.has(name)) return { message, exitCode: exitCodes.badInput };
  const fault = fileFaults[String(code)];
  const path = (error as NodeJS.ErrnoException).path;
  if (fault === undefined) return undefined;
  return { message: `${fault}${path === undefined ? '' : ` (${path})`}.`, exitCode: exitCodes.unavailable };
}
