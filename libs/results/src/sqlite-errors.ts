import { statSync } from 'node:fs';
import { ResultsError } from './results-error.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html); the low byte of an extended code. */
const BUSY = 5;
const LOCKED = 6;
const READONLY = 8;
const IOERR = 10;
const CORRUPT = 11;
const FULL = 13;
const CANTOPEN = 14;
const NOTADB = 26;

export function isBusy(error: unknown): boolean {
  const code = resultCode(error);
  return code === BUSY || code === LOCKED;
}

/** Whether the file is there and SQLite could not open it for writing. */
export function isReadOnly(error: unknown): boolean {
  return error instanceof ResultsError && error.code === 'read-only';
}

function resultCode(error: unknown): number | undefined {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : undefined;
}

export function translateSqliteError(error: unknown, file: string): unknown {
  const primary = resultCode(error);
  if (primary === undefined || !(error instanceof Error)) return error;
  const because = (code: ResultsError['code'], message: string) => new ResultsError(code, message, error);
  switch (primary) {
    case FULL:
      return because('full', `No space left on the disk of ${file}: free some, then run the command again.`);
    case BUSY:
    case LOCKED:
      return because('locked', `${file} is locked by another process: wait for it to finish, or stop it.`);
    case READONLY:
      return because('read-only', notWritable(file));
    case CANTOPEN:
      // in WAL mode SQLite cannot open a file beside which it may create none
      return isFile(file)
        ? because('read-only', notWritable(file))
        : because('not-found', `${file} cannot be opened: check that its folder exists and may be written.`);
    case CORRUPT:
      return because(
        'corrupt',
        `${file} is damaged: restore a copy, or save what is readable with "sqlite3 ${file} .recover".`,
      );
    case NOTADB:
      return because('corrupt', `${file} is not a results database: name another file.`);
    case IOERR:
      return because(
        'disk',
        `The disk of ${file} reported an error (${error.message}): check the disk and its free space.`,
      );
    default:
      return because('fault', `The results database ${file} reported: ${error.message}.`);
  }
}

function notWritable(file: string): string {
  return `${file} cannot be written: give this user the right to write the file and its folder.`;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
