import { formatMeasured, superscript } from '../number-format.ts';

export type ScaleType = 'linear' | 'log';

export interface AxisOptions {
  readonly type: ScaleType;
  readonly domain: readonly [number, number];
  readonly ticks: readonly number[];
  readonly tickFormat: (value: number) => string;
}

export interface ValueAxisOptions {
  /** Labels, at most about so many. Default 6. */
  readonly maxTicks?: number;
  /** Decades of a log axis below its greatest value. Default: as many as the values need. */
  readonly decades?: number;
}

/** A y axis that holds the values with a little room; decades are written as powers of ten. */
export function valueAxis(type: ScaleType, values: readonly number[], options: ValueAxisOptions = {}): AxisOptions {
  const { maxTicks = 6, decades = Infinity } = options;
  const finite = values.filter((value) => Number.isFinite(value) && (type === 'linear' || value > 0));
  const highest = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  const lowest = finite.reduce((a, b) => Math.min(a, b), Infinity);
  if (finite.length === 0) return { type: 'linear', domain: [0, 1], ticks: [0, 1], tickFormat: formatMeasured };
  if (type === 'linear') return linearAxis(lowest, highest);
  return logAxis(Math.max(lowest, highest * 10 ** -decades), highest, maxTicks);
}

function logAxis(lowest: number, highest: number, maxTicks: number): AxisOptions {
  const [low, high] = [Math.log10(lowest), Math.log10(highest)];
  const room = Math.max(0.08, (high - low) * 0.05);
  const domain = [10 ** (low - room), 10 ** (high + room)] as const;
  const [first, last] = [Math.ceil(low - room), Math.floor(high + room)];
  const step = Math.max(1, Math.ceil((last - first + 1) / maxTicks));
  const powers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i);
  const exponents = powers.filter((exponent) => exponent % step === 0);
  const ticks = exponents.map((exponent) => Number(`1e${exponent}`));
  if (ticks.length >= 3) return { type: 'log', domain, ticks, tickFormat: decades(exponents) };
  const multiples = ticks.length === 2 ? [1, 2, 5] : [1, 2, 3, 5, 7];
  const between = [first - 1, ...powers].flatMap((exponent) => multiples.map((m) => Number(`${m}e${exponent}`)));
  const inside = between.filter((value) => value >= domain[0] && value <= domain[1]);
  return { type: 'log', domain, ticks: inside, tickFormat: formatMeasured };
}

/** Plain numbers where all are short, else powers of ten. */
function decades(exponents: readonly number[]): (value: number) => string {
  const isShort = exponents.every((exponent) => exponent >= -3 && exponent <= 4);
  return isShort ? formatMeasured : (value) => `10${superscript(Math.round(Math.log10(value)))}`;
}

function linearAxis(lowest: number, highest: number): AxisOptions {
  const span = highest - lowest || Math.abs(highest) || 1;
  const domain = [lowest - span * 0.05, highest + span * 0.05] as const;
  const raw = span / 5;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((m) => raw <= m * power * 1.0001) ?? 10);
  const first = Math.ceil(domain[0] / step);
  const count = Math.floor(domain[1] / step) - first + 1;
  const ticks = Array.from({ length: count }, (_, i) => Number(((first + i) * step).toPrecision(12)));
  return { type: 'linear', domain, ticks, tickFormat: formatMeasured };
}
