import { crc32, deflateSync } from 'node:zlib';

/** Red, green and blue, 0 to 255. */
export type Rgb = readonly [number, number, number];

/** Pixels along the longer side, at least: viewers that smooth enlarged images then leave entries square. */
const PIXELS = 256;

/** A true-colour PNG (RFC 2083) of a matrix of colours as a data URI: a heat map costs bytes, not elements. */
export function rasterUri(columns: number, rows: number, colour: (column: number, row: number) => Rgb): string {
  const zoom = Math.max(1, Math.ceil(PIXELS / Math.max(columns, rows)));
  const [width, height] = [columns * zoom, rows * zoom];
  const lines = Array.from({ length: rows }, (_, row) => {
    const line = Buffer.alloc(1 + 3 * width);
    for (let x = 0; x < width; x++) line.set(colour(Math.floor(x / zoom), row), 1 + 3 * x);
    return line;
  });
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8); // 8 bits, true colour, the only compression, filter and interlace methods
  const png = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.concat(lines.flatMap((line) => Array<Buffer>(zoom).fill(line))), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return `data:image/png;base64,${png.toString('base64')}`;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const ends = Buffer.alloc(8);
  ends.writeUInt32BE(data.length, 0);
  ends.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([ends.subarray(0, 4), body, ends.subarray(4)]);
}
