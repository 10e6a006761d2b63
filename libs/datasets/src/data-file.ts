import { readFileSync } from 'node:fs';
import { DataFileError } from './dataset.ts';

/** All bytes of a file. Throws `DataFileError` where it cannot be read. */
export function readDataFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new DataFileError(`${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}
