/**
 * Why the results database could not do what was asked.
 * - `bad-url`: the URL names no database
 * - `not-found`: no such file or folder
 * - `unreachable`: no server answers
 * - `denied`: user, password, certificate or right refused
 * - `read-only`: the file or the server takes no writes
 * - `full`: no space left; nothing of the transaction was kept
 * - `disk`: reading or writing failed below the database
 * - `locked`: another process held the database for too long
 * - `superseded`: another writer has taken over since this one did
 * - `corrupt`: the file is damaged or is no database
 * - `newer-schema`: written by a newer natsweep
 * - `older-schema`: written by an older natsweep, and opened to be read
 * - `unknown-sweep`, `unknown-column`, `unknown-trial`, `ambiguous`: the query names what the database does not hold
 * - `bad-filter`: a filter is no condition over what the sweep has
 * - `fault`: anything else the database reported
 */
export type ResultsErrorCode =
  | 'bad-url'
  | 'not-found'
  | 'unreachable'
  | 'denied'
  | 'read-only'
  | 'full'
  | 'disk'
  | 'locked'
  | 'superseded'
  | 'corrupt'
  | 'newer-schema'
  | 'older-schema'
  | 'unknown-sweep'
  | 'unknown-column'
  | 'unknown-trial'
  | 'ambiguous'
  | 'bad-filter'
  | 'fault';

/** One sentence with the place and the fix; the database's own words are in `cause`. */
export class ResultsError extends Error {
  override readonly name = 'ResultsError';
  readonly code: ResultsErrorCode;

  constructor(code: ResultsErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
