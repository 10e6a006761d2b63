import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { readDataFile } from './data-file.ts';
import { DataFileError } from './dataset.ts';

const labelsMagic = 0x00000801;
const imagesMagic = 0x00000803;
const imagesHeader = 16;

/**
 * Labels of an idx1-ubyte file (LeCun's MNIST format: magic, count, then one byte each), or of the same file with .gz. Throws
 * `DataFileError` for any other file and for one that was cut off.
 */
export function readIdxLabels(file: string): Uint8Array {
  const bytes = isCompressed(file) ? decompressed(file) : readDataFile(file);
  if (bytes.length < 8 || bytes.readUInt32BE(0) !== labelsMagic)
    throw new DataFileError(`${file} is not an idx1-ubyte label file`);
  checkSize(file, bytes.length, 8 + bytes.readUInt32BE(4));
  return bytes.subarray(8);
}

/** The images of an idx3-ubyte file. */
export interface IdxImages {
  readonly count: number;
  /** The images at these positions, one after another; of a plain file it reads only those. */
  readonly read: (positions: readonly number[]) => Uint8Array;
}

/** An idx3-ubyte file, or the same file with .gz. Throws `DataFileError` for any other file and for one that was cut off. */
export function openIdxImages(file: string): IdxImages {
  if (isCompressed(file)) {
    const bytes = decompressed(file);
    return imagesOf(file, bytes.length, (body) =>
      body((target, from) => bytes.copy(target, 0, from, from + target.length)),
    );
  }
  const opened = <T>(body: (handle: number) => T): T => {
    const handle = openSync(file, 'r');
    try {
      return body(handle);
    } finally {
      closeSync(handle);
    }
  };
  const size = opened((handle) => fstatSync(handle).size);
  return imagesOf(file, size, (body) =>
    opened((handle) => body((target, from) => readSync(handle, target, 0, target.length, from))),
  );
}

/** Fills the target from an offset of the file; returns how many bytes there were. */
type ReadAt = (target: Uint8Array, from: number) => number;

function imagesOf(file: string, size: number, reading: (body: (readAt: ReadAt) => void) => void): IdxImages {
  const header = Buffer.alloc(imagesHeader);
  reading((readAt) => readAt(header, 0));
  if (size < imagesHeader || header.readUInt32BE(0) !== imagesMagic)
    throw new DataFileError(`${file} is not an idx3-ubyte image file`);
  const [count, pixels] = [header.readUInt32BE(4), header.readUInt32BE(8) * header.readUInt32BE(12)];
  checkSize(file, size, imagesHeader + count * pixels);
  return {
    count,
    read: (positions) => {
      const all = new Uint8Array(positions.length * pixels);
      reading((readAt) =>
        positions.forEach((position, row) =>
          readAt(all.subarray(row * pixels, (row + 1) * pixels), imagesHeader + position * pixels),
        ),
      );
      return all;
    },
  };
}

function checkSize(file: string, size: number, expected: number): void {
  if (size !== expected)
    throw new DataFileError(
      `${file} has ${size} bytes where its header announces ${expected}: it is damaged; copy it again`,
    );
}

function isCompressed(file: string): boolean {
  return !existsSync(file) && existsSync(`${file}.gz`);
}

function decompressed(file: string): Buffer {
  try {
    return gunzipSync(readDataFile(`${file}.gz`));
  } catch (error) {
    if (error instanceof DataFileError) throw error;
    throw new DataFileError(`${file}.gz is damaged: ${(error as Error).message}; copy it again`, { cause: error });
  }
}
