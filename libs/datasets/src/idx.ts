import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** The file is not an IDX file of the expected kind. */
export class IdxFormatError extends Error {
  override readonly name = 'IdxFormatError';
}

const labelsMagic = 0x00000801;
const imagesMagic = 0x00000803;

/** Labels of an idx1-ubyte file (LeCun's MNIST format: magic, count, then one byte each), or of the same file with .gz. */
export function readIdxLabels(file: string): Uint8Array {
  const bytes = isCompressed(file) ? gunzipSync(readFileSync(`${file}.gz`)) : readFileSync(file);
  const count = bytes.length >= 8 && bytes.readUInt32BE(0) === labelsMagic ? bytes.readUInt32BE(4) : -1;
  if (bytes.length !== 8 + count) throw new IdxFormatError(`${file} is not an idx1-ubyte label file`);
  return bytes.subarray(8);
}

/**
 * The images with the given positions of an idx3-ubyte file, one after another; reads only those. Of the same file with .gz
 * it reads all.
 */
export function readIdxImages(
  file: string,
  positions: readonly number[],
): { pixels: Uint8Array; pixelsPerImage: number } {
  if (isCompressed(file)) {
    const bytes = gunzipSync(readFileSync(`${file}.gz`));
    return gather(file, positions, (target, from) => bytes.copy(target, 0, from, from + target.length));
  }
  const handle = openSync(file, 'r');
  try {
    return gather(file, positions, (target, from) => readSync(handle, target, 0, target.length, from));
  } finally {
    closeSync(handle);
  }
}

/** Fills the target from an offset of the file; returns how many bytes there were. */
type ReadAt = (target: Uint8Array, from: number) => number;

function gather(file: string, positions: readonly number[], readAt: ReadAt) {
  const header = Buffer.alloc(16);
  if (readAt(header, 0) !== 16 || header.readUInt32BE(0) !== imagesMagic)
    throw new IdxFormatError(`${file} is not an idx3-ubyte image file`);
  const pixelsPerImage = header.readUInt32BE(8) * header.readUInt32BE(12);
  const pixels = new Uint8Array(positions.length * pixelsPerImage);
  positions.forEach((position, row) => {
    const target = pixels.subarray(row * pixelsPerImage, (row + 1) * pixelsPerImage);
    if (readAt(target, 16 + position * pixelsPerImage) !== pixelsPerImage)
      throw new IdxFormatError(`${file} ends before image ${position}`);
  });
  return { pixels, pixelsPerImage };
}

function isCompressed(file: string): boolean {
  return !existsSync(file) && existsSync(`${file}.gz`);
}
