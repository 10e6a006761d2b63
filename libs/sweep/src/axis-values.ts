import type { AxisEntry } from './sweep-file.ts';
import type { ParameterValue } from './trial.ts';

export const MAX_AXIS_VALUES = 100_000;

/** How many values an entry stands for, before any is made; 0 for a continuous range. */
export function valueCount(entry: AxisEntry): number {
  if (Array.isArray(entry)) return entry.length;
  const { values, linspace, logspace, range } = entry;
  return values?.length ?? linspace?.[2] ?? logspace?.[2] ?? (range === undefined ? 0 : rangeCount(range));
}

/**
 * The values of a discrete axis. Spaced values are rounded to 12 significant digits, so that 0.3 is 0.3 and a trial's
 * identity does not hang on the last bit of a platform's `pow`; for whole-number parameters they are rounded to those.
 * Throws RangeError for a range of more than 100,000 values.
 */
export function axisValues(entry: AxisEntry, integer: boolean): readonly ParameterValue[] {
  if (Array.isArray(entry)) return entry;
  if (entry.values !== undefined) return entry.values;
  return spacedValues(entry).map((value) => (integer ? Math.round(value) : value));
}

function spacedValues({ linspace, logspace, range }: Exclude<AxisEntry, readonly unknown[]>): readonly number[] {
  if (linspace !== undefined) return interpolate(...linspace);
  if (logspace !== undefined) {
    const [first, last, count] = logspace;
    const exponents = interpolate(Math.log10(first), Math.log10(last), count);
    return exponents.map((exponent, i) => (i === 0 ? first : i === count - 1 ? last : round(10 ** exponent)));
  }
  if (range === undefined) return [];
  const { from, step = 1 } = range;
  const count = rangeCount(range);
  if (count > MAX_AXIS_VALUES)
    throw new RangeError(`a range of ${count} values; an axis has at most ${MAX_AXIS_VALUES}`);
  return Array.from({ length: count }, (_, i) => round(from + i * step));
}

function rangeCount({ from, to, step = 1 }: { from: number; to: number; step?: number | undefined }): number {
  return Math.max(0, Math.floor((to - from) / step + 1e-9) + 1);
}

function interpolate(first: number, last: number, count: number): readonly number[] {
  const span = Math.abs(last - first);
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return first;
    if (i === count - 1) return last;
    const value = (first * (count - 1 - i) + last * i) / (count - 1);
    return Math.abs(value) < span * 1e-12 ? 0 : round(value);
  });
}

function round(value: number): number {
  return Number(value.toPrecision(12));
}
