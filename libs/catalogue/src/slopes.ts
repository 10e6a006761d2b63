import type { Measurement } from './declaration.ts';
import { metricOf } from './judging.ts';
import { allBut, formatSpread, groupBy, logLogSlope } from './spread.ts';

/**
 * Log-log slopes of a metric against a parameter, one per group of trials that differ in that parameter only; NaN where one of
 * them was not measured, as in a trial that diverged: NaN supports no claim.
 */
export function slopesAgainst(measurements: readonly Measurement[], parameter: string, metric: string): number[] {
  return groupBy(measurements, (m) => [allBut(m, parameter), m.seed]).flatMap((group) => {
    const points = group.map((m) => ({ x: Number(m.params[parameter]), y: metricOf(m, metric) ?? NaN }));
    const slope = logLogSlope(points);
    return slope === undefined ? [] : [slope];
  });
}

/** "-0.5 ± 0.1 (6 slopes)", or how many groups hold a trial that was not measured. */
export function formatSlopes(slopes: readonly number[]): string {
  const unmeasured = slopes.filter(Number.isNaN).length;
  return unmeasured > 0
    ? `${unmeasured} of ${slopes.length} groups hold a trial that diverged`
    : formatSpread(slopes, 'slopes');
}
