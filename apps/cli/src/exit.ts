/** What the exit code of every command means; `natsweep --help` prints this. */
export const exitCodes = {
  /** Done. */
  ok: 0,
  /** Done, and the answer is no: trials failed, a check did not pass, or the stack stopped by a fault. */
  negative: 1,
  /** Bad input: nothing was changed and nothing was queued. */
  badInput: 2,
  /** Something natsweep needs is not there: Redis, the database, a running stack, a program, disk space. */
  unavailable: 3,
  /** Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An expected end of a command: `message` is what the user reads, one sentence that names the place and the fix. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.exitCode = exitCode;
  }
}

export function badInput(message: string): CliError {
  return new CliError(message, exitCodes.badInput);
}

export function unavailable(message: string, cause?: unknown): CliError {
  return new CliError(message, exitCodes.unavailable, { cause });
}
