import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { ResultsError } from './results-error.ts';

/**
 * Makes a folder and those above it that are missing; one that is there is left as it is. Node's own recursive mkdir never
 * returns where a file system refuses with ENOENT beside a parent that exists, as /proc does.
 * @throws ResultsError `not-found`
 */
export function makeFolder(path: string, mode?: number): void {
  const folder = resolve(path);
  try {
    makeMissing(folder, mode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ResultsError('not-found', `The folder ${folder} cannot be made (${code}): name another place.`, error);
  }
}

function makeMissing(folder: string, mode: number | undefined): void {
  if (isFolder(folder)) return;
  const above = dirname(folder);
  if (above !== folder) makeMissing(above, mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    // another process may have made it meanwhile
    if (!isFolder(folder)) throw error;
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
