import type { ParameterValue } from '@natsweep/sweep';
import { formatValue, superscript } from '../number-format.ts';

export type ScaleType = 'linear' | 'log';

/** Where values stand, and which of them are written beside the axis; `labels` belong to `ticks`, one each. */
export interface ValueAxis {
  readonly type: ScaleType;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly labels: readonly string[];
}

/** Values side by side in their order. */
export interface NameAxis {
  readonly type: 'point';
  readonly domain: readonly ParameterValue[];
  readonly ticks: readonly ParameterValue[];
  readonly labels: readonly string[];
}

export type Axis = ValueAxis | NameAxis;

export interface ValueAxisOptions {
  /** Labels, at most about so many. Default 6. */
  readonly maxTicks?: number;
  /** Decades of a log axis below its greatest value. Default: as many as the values need. */
  readonly decades?: number;
}

/** A y axis that holds the values with a little room; decades are written as powers of ten. */
export function valueAxis(type: ScaleType, values: readonly number[], options: ValueAxisOptions = {}): ValueAxis {
  const { maxTicks = 6, decades = Infinity } = options;
  const finite = values.filter((value) => Number.isFinite(value) && (type === 'linear' || value > 0));
  const highest = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const lowest = finite.reduce((a, b) => Math.min(a, b), Infinity);
  if (finite.length === 0) return { type: 'linear', domain: [0, 1], ticks: [0, 1], labels: ['0', '1'] };
  if (type === 'linear') return linearAxis(lowest, highest);
  return logAxis(Math.max(lowest, highest * 10 ** -decades), highest, maxTicks);
}

/** The x axis of recorded steps 0 to `last`: whole numbers. */
export function stepAxis(last: number): ValueAxis {
  const { ticks } = linearAxis(0, last);
  const whole = ticks.filter((tick) => Number.isInteger(tick) && tick >= 0 && tick <= last);
  return { type: 'linear', domain: [-last * 0.02, last * 1.02], ticks: whole, labels: whole.map(String) };
}

const FEW = 5;

/** The x axis of a parameter: a tick at each value where they are few; values that are not numbers stand side by side. */
export function parameterAxis(type: ScaleType, values: readonly ParameterValue[]): Axis {
  const numbers = values.filter((value) => typeof value === 'number');
  const isLog = type === 'log' && numbers.every((value) => value > 0);
  if (numbers.length < values.length || (type === 'log' && !isLog)) {
    return { type: 'point', domain: values, ticks: values, labels: values.map((value) => inLines(formatValue(value))) };
  }
  const [lowest, highest] = [numbers[0]!, numbers.at(-1)!];
  const axis = isLog ? logAxis(lowest, highest, FEW) : linearAxis(lowest, highest);
  const ticks = numbers.length <= FEW ? numbers : axis.ticks;
  return { ...axis, ticks, labels: ticks.map(formatValue) };
}

/** Names stand side by side, so a long one is broken after its first hyphen. */
function inLines(name: string): string {
  return name.length > 12 ? name.replace('-', '-\n') : name;
}

function logAxis(lowest: number, highest: number, maxTicks: number): ValueAxis {
  const [low, high] = [Math.log10(lowest), Math.log10(highest)];
  const room = Math.max(0.08, (high - low) * 0.06);
  const domain = [10 ** (low - room), 10 ** (high + room)] as const;
  const [first, last] = [Math.ceil(low - room), Math.floor(high + room)];
  const step = Math.max(1, Math.ceil((last - first + 1) / maxTicks));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const exponents = powers.filter((exponent) => exponent % step === 0);
  const ticks = exponents.map((exponent) => Number(`1e${exponent}`));
  if (ticks.length >= 3) return { type: 'log', domain, ticks, labels: decadeLabels(exponents) };
  const multiples = ticks.length === 2 ? [1, 2, 5] : [1, 2, 3, 5, 7];
  const between = [first - 1, ...powers].flatMap((exponent) => multiples.map((m) => Number(`${m}e${exponent}`)));
  const inside = between.filter((value) => value >= domain[0] && value <= domain[1]);
  // within a third of a decade a log axis is nearly linear, and so are its round numbers
  if (inside.length < 2) return { ...linearAxis(lowest, highest), type: 'log' };
  const isShort = inside.every((value) => value >= 1e-4 && value < 1e5);
  return { type: 'log', domain, ticks: inside, labels: inside.map(isShort ? String : formatValue) };
}

/** Plain numbers where all are short, else powers of ten. */
function decadeLabels(exponents: readonly number[]): readonly string[] {
  const isShort = exponents.every((exponent) => exponent >= -3 && exponent <= 3);
  return exponents.map((exponent) => (isShort ? String(Number(`1e${exponent}`)) : `10${superscript(exponent)}`));
}

function linearAxis(lowest: number, highest: number): ValueAxis {
  // values that rounding alone tells apart are one value
  const differ = highest - lowest > 1e-9 * Math.abs(highest);
  const room = differ ? (highest - lowest) * 0.06 : Math.abs(highest) / 2 || 1;
  const domain = [lowest - room, highest + room] as const;
  const raw = (domain[1] - domain[0]) / 5.6;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => raw <= m * 1.0001 * power) ?? 10);
  const first = Math.ceil(domain[0] / step);
  const count = Math.floor(domain[1] / step) - first + 1;
  const ticks = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { type: 'linear', domain, ticks, labels: ticks.map(formatValue) };
}
