import type { Measured } from '@natsweep/sweep';
import type { Measurement } from './declaration.ts';

/** Mean and spread of some measured values. */
export interface Spread {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation; 0 for a single value. */
  readonly deviation: number;
}

export function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { count: values.length, mean, deviation: values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0 };
}

/** −∞ of no values. As many as a sweep has: more than a function takes as arguments. */
export function maximum(values: readonly number[]): number {
  return values.reduce((most, value) => Math.max(most, value), -Infinity);
}

/** ∞ of no values. */
export function minimum(values: readonly number[]): number {
  return values.reduce((fewest, value) => Math.min(fewest, value), Infinity);
}

/** Of the mean; undefined for a single value, which has none. */
export function standardError(values: readonly number[]): number | undefined {
  const { count, deviation } = spread(values);
  return count > 1 ? deviation / Math.sqrt(count) : undefined;
}

/** "0.0413 ± 0.0031 (12 trials)", and ", 2 without a value" where some are not finite. */
export function formatSpread(values: readonly number[], noun = 'trials'): string {
  const finite = values.filter(Number.isFinite);
  const { count, mean, deviation } = spread(finite);
  if (count === 0) return `no value in ${values.length} ${noun}`;
  const text = `${formatNumber(mean)} ± ${formatNumber(deviation)} (${count} ${noun})`;
  return count === values.length ? text : `${text}, ${values.length - count} without a value`;
}

/** Three significant digits, as short as they can be written; ∞ beyond. */
export function formatNumber(value: number): string {
  if (Math.abs(value) === Infinity) return value > 0 ? '∞' : '−∞';
  return String(Number(value.toPrecision(3)));
}

export const isMeasured = (value: Measured | undefined): value is number => value !== null && value !== undefined;

/** Measurements that agree in everything that `key` names, in the order in which they first occur. */
export function groupBy(
  measurements: readonly Measurement[],
  key: (measurement: Measurement) => unknown,
): (readonly Measurement[])[] {
  const groups = new Map<string, Measurement[]>();
  for (const measurement of measurements) {
    const name = JSON.stringify(key(measurement));
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [measurement]);
    else group.push(measurement);
  }
  return [...groups.values()];
}

/** All parameters except some, in a fixed order: the key under which trials differ only in those (and in their seed). */
export function allBut(measurement: Measurement, ...parameters: readonly string[]): unknown {
  return Object.entries(measurement.params)
    .filter(([name]) => !parameters.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Least-squares slope of log y against log x; undefined for fewer than two different x. */
export function logLogSlope(points: readonly { readonly x: number; readonly y: number }[]): number | undefined {
  const logs = points.map(({ x, y }) => ({ x: Math.log(x), y: Math.log(y) }));
  const mean = (pick: (point: { x: number; y: number }) => number) =>
    logs.reduce((sum, p) => sum + pick(p), 0) / logs.length;
  const [mx, my] = [mean(({ x }) => x), mean(({ y }) => y)];
  const variance = logs.reduce((sum, { x }) => sum + (x - mx) ** 2, 0);
  if (!(variance > 0)) return undefined;
  return logs.reduce((sum, { x, y }) => sum + (x - mx) * (y - my), 0) / variance;
}
