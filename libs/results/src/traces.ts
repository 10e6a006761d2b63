import type { Measured } from '@natsweep/sweep';
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

export type Traces = Readonly<Record<string, readonly Measured[]>>;

export interface EncodedTraces {
  /** `[[name, length], …]` as JSON: the same for most trials of a sweep, and stored once for all of them. */
  readonly shape: string;
  readonly bytes: Uint8Array;
}

const PLAIN = 0;
const SHUFFLED_ZSTD = 1;

/** Below this many bytes compression saves a few per cent and costs more time than storing the record does. */
const worthCompressing = 4096;

/**
 * Traces as one byte of format and float64 values, little-endian, one trace after the other; null is NaN, which no
 * measured value is. Long ones are compressed where that makes them smaller: all first bytes of the values, then all
 * second bytes, and so on (values of one curve share sign and exponent), by Zstandard. Lossless.
 */
export function encodeTraces(traces: Traces, plain = traceBytes(traces)): EncodedTraces {
  const shape = JSON.stringify(Object.entries(traces).map(([name, values]) => [name, values.length]));
  if (plain.length < worthCompressing) return { shape, bytes: withFormat(PLAIN, plain) };
  const compressed = zstdCompressSync(shuffle(plain), { params: { [constants.ZSTD_c_compressionLevel]: 1 } });
  const smaller = compressed.length < plain.length;
  return { shape, bytes: smaller ? withFormat(SHUFFLED_ZSTD, compressed) : withFormat(PLAIN, plain) };
}

function withFormat(format: number, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = format;
  bytes.set(body, 1);
  return bytes;
}

/** Inverse of `encodeTraces`. */
export function decodeTraces({ shape, bytes }: EncodedTraces): Traces {
  const body = bytes.subarray(1);
  const plain = bytes[0] === SHUFFLED_ZSTD ? unshuffle(zstdDecompressSync(body)) : body;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  let offset = 0;
  return Object.fromEntries(
    (JSON.parse(shape) as [string, number][]).map(([name, length]) => {
      const values = new Array<Measured>(length);
      for (let step = 0; step < length; step++, offset += 8) {
        const value = view.getFloat64(offset, true);
        values[step] = Number.isNaN(value) ? null : value;
      }
      return [name, values];
    }),
  );
}

/** The values themselves, before any compression: what the record's hash covers. */
export function traceBytes(traces: Traces): Uint8Array {
  const all = Object.values(traces);
  const view = new DataView(new ArrayBuffer(8 * all.reduce((sum, values) => sum + values.length, 0)));
  let offset = 0;
  for (const values of all)
    for (const value of values) {
      view.setFloat64(offset, value ?? NaN, true);
      offset += 8;
    }
  return new Uint8Array(view.buffer);
}

function shuffle(plain: Uint8Array): Uint8Array {
  const count = plain.length / 8;
  const shuffled = new Uint8Array(plain.length);
  for (let byte = 0; byte < 8; byte++)
    for (let value = 0; value < count; value++) shuffled[byte * count + value] = plain[value * 8 + byte]!;
  return shuffled;
}

function unshuffle(shuffled: Uint8Array): Uint8Array {
  const count = shuffled.length / 8;
  const plain = new Uint8Array(shuffled.length);
  for (let byte = 0; byte < 8; byte++)
    for (let value = 0; value < count; value++) plain[value * 8 + byte] = shuffled[byte * count + value]!;
  return plain;
}
