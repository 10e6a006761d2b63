import { stridesOf } from '@natsweep/linalg/implementation';
import type { Shape } from '@natsweep/linalg';
import type { FloatArray } from './routines.ts';

/** An operand, or the result, of an elementwise operation. */
export interface Side {
  readonly shape: Shape;
  readonly values: FloatArray;
}

/** Elements handled at a time where an operand is repeated: enough to hide the cost of a chunk, few enough for the cache. */
const CHUNK = 4096;
/** Below this length a loop is faster than a call that copies. */
const SHORT = 32;

/**
 * Calls `body` with parts of the result's values and, for each operand, an array at least as long that holds what broadcasts to it. Plain
 * arrays of equal length are what the compiler makes the fastest loops of; broadcasting happens here.
 */
export function forEachChunk(
  sides: readonly Side[],
  { shape, values: out }: Side,
  body: (chunk: FloatArray, values: readonly FloatArray[]) => void,
): void {
  if (sides.every(({ values }) => values.length === out.length))
    return body(
      out,
      sides.map(({ values }) => values),
    );
  const { lengths, strides } = mergeDimensions(
    shape,
    sides.map((side) => side.shape),
  );
  const readers = sides.map(({ values }, side) => {
    if (values.length === out.length) return new DenseReader(values);
    const buffer = bufferFor(values, side);
    if (values.length === 1) return new ConstantReader(buffer.fill(values[0]!, 0, Math.min(CHUNK, out.length)));
    return new RepeatReader({ source: values, buffer }, lengths, strides[side]!);
  });
  for (let at = 0; at < out.length; at += CHUNK) {
    const length = Math.min(CHUNK, out.length - at);
    body(
      out.subarray(at, at + length),
      readers.map((reader) => reader.next(length)),
    );
  }
}

/** Gives an operand's next values, in the order of the result. */
interface Reader {
  next(length: number): FloatArray;
}

class DenseReader implements Reader {
  readonly #values: FloatArray;
  #at = 0;

  constructor(values: FloatArray) {
    this.#values = values;
  }

  next(length: number): FloatArray {
    const start = this.#at;
    this.#at += length;
    return this.#values.subarray(start, this.#at);
  }
}

class ConstantReader implements Reader {
  readonly #values: FloatArray;

  constructor(values: FloatArray) {
    this.#values = values;
  }

  next(): FloatArray {
    return this.#values;
  }
}

/** Walks through an operand along strides, run by run of the innermost dimension. */
class RepeatReader implements Reader {
  readonly #source: FloatArray;
  readonly #lengths: readonly number[];
  readonly #strides: readonly number[];
  readonly #index: number[];
  readonly #buffer: FloatArray;
  #run = 0;
  #inRun = 0;

  constructor(
    { source, buffer }: { source: FloatArray; buffer: FloatArray },
    lengths: readonly number[],
    strides: readonly number[],
  ) {
    this.#source = source;
    this.#lengths = lengths;
    this.#strides = strides;
    this.#index = lengths.map(() => 0);
    this.#buffer = buffer;
  }

  next(length: number): FloatArray {
    const inner = this.#lengths.length - 1;
    const runLength = this.#lengths[inner]!;
    const step = this.#strides[inner]!;
    for (let filled = 0; filled < length;) {
      const count = Math.min(length - filled, runLength - this.#inRun);
      this.#copy({ from: this.#run + this.#inRun * step, step, to: filled, count });
      filled += count;
      this.#inRun += count;
      if (this.#inRun === runLength) this.#nextRun();
    }
    return this.#buffer;
  }

  #copy({ from, step, to, count }: { from: number; step: number; to: number; count: number }): void {
    if (count < SHORT) for (let i = 0; i < count; i++) this.#buffer[to + i] = this.#source[from + i * step]!;
    else if (step === 0) this.#buffer.fill(this.#source[from]!, to, to + count);
    else this.#buffer.set(this.#source.subarray(from, from + count), to);
  }

  #nextRun(): void {
    this.#inRun = 0;
    for (let axis = this.#lengths.length - 2; axis >= 0; axis--) {
      this.#run += this.#strides[axis]!;
      if (++this.#index[axis]! < this.#lengths[axis]!) return;
      this.#index[axis] = 0;
      this.#run -= this.#strides[axis]! * this.#lengths[axis]!;
    }
  }
}

const buffers = {
  float64: Array.from({ length: 3 }, () => new Float64Array(CHUNK)),
  float32: Array.from({ length: 3 }, () => new Float32Array(CHUNK)),
};

/** What the operand at that position is repeated into: one for each, since operations do not nest. */
const bufferFor = (values: FloatArray, side: number): FloatArray =>
  buffers[values instanceof Float64Array ? 'float64' : 'float32'][side]!;

/**
 * The fewest dimensions that describe an elementwise operation: lengths, and one stride per dimension for each operand (0
 * where it is repeated). Neighbouring dimensions are merged where every operand allows it; there is at least one.
 */
export function mergeDimensions(shape: Shape, operands: readonly Shape[]): { lengths: number[]; strides: number[][] } {
  const full = operands.map((operand) => {
    const own = stridesOf(operand);
    const lead = shape.length - operand.length;
    return shape.map((_, axis) => (axis < lead || operand[axis - lead] === 1 ? 0 : own[axis - lead]!));
  });
  const lengths: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const length = shape[axis]!;
    if (length === 1) continue;
    const outermost = lengths[0];
    const fits = outermost !== undefined && strides.every((own, o) => full[o]![axis] === own[0]! * outermost);
    if (fits) lengths[0] = outermost * length;
    else {
      lengths.unshift(length);
      strides.forEach((own, o) => own.unshift(full[o]![axis]!));
    }
  }
  if (lengths.length > 0) return { lengths, strides };
  return { lengths: [1], strides: operands.map(() => [0]) };
}
