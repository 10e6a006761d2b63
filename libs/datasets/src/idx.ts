import { closeSync, openSync, readFileSync, readSync } from 'node:fs';

/** The file is not an IDX file of the expected kind. */
export class IdxFormatError extends Error {
  override readonly name = 'IdxFormatError';
}

const labelsMagic = 0x00000801;
const imagesMagic = 0x00000803;

/** Labels of an idx1-ubyte file (LeCun's MNIST format: magic, count, then one byte each). */
export function readIdxLabels(file: string): Uint8Array {
  const bytes = readFileSync(file);
  const count = bytes.length >= 8 && bytes.readUInt32BE(0) === labelsMagic ? bytes.readUInt32BE(4) : -1;
  if (bytes.length !== 8 + count) throw new IdxFormatError(`${file} is not an idx1-ubyte label file`);
  return bytes.subarray(8);
}

/** The images with the given positions of an idx3-ubyte file, one after another; reads only those. */
export function readIdxImages(
  file: string,
  positions: readonly number[],
): { pixels: Uint8Array; pixelsPerImage: number } {
  const handle = openSync(file, 'r');
  try {
    const header = Buffer.alloc(16);
    if (readSync(handle, header, 0, 16, 0) !== 16 || header.readUInt32BE(0) !== imagesMagic)
      throw new IdxFormatError(`${file} is not an idx3-ubyte image file`);
    const pixelsPerImage = header.readUInt32BE(8) * header.readUInt32BE(12);
    const pixels = new Uint8Array(positions.length * pixelsPerImage);
    positions.forEach((position, row) => {
      const read = readSync(handle, pixels, row * pixelsPerImage, pixelsPerImage, 16 + position * pixelsPerImage);
      if (read !== pixelsPerImage) throw new IdxFormatError(`${file} ends before image ${position}`);
    });
    return { pixels, pixelsPerImage };
  } finally {
    closeSync(handle);
  }
}
