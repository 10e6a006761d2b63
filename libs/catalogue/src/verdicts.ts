import type { Measurement, Verdict } from './declaration.ts';
import { isMeasured } from './spread.ts';

/** A metric of a trial; undefined where it was not measured. */
export function metricOf(measurement: Measurement, name: string): number | undefined {
  const value = measurement.metrics[name];
  return isMeasured(value) ? value : undefined;
}

/** The verdict of a sweep that holds too little; `detail` says what is missing. */
export function undecided(expected: string, threshold: string, detail: string): Verdict {
  return { status: 'undecided', expected, measured: 'nothing to measure', threshold, detail };
}

/** The measurements at the largest value of a numeric parameter. */
export function atLargest(measurements: readonly Measurement[], parameter: string): readonly Measurement[] {
  const largest = Math.max(...measurements.map(({ params }) => Number(params[parameter])));
  return measurements.filter(({ params }) => params[parameter] === largest);
}

/** The measurements at the smallest value of a numeric parameter. */
export function atSmallest(measurements: readonly Measurement[], parameter: string): readonly Measurement[] {
  const smallest = Math.min(...measurements.map(({ params }) => Number(params[parameter])));
  return measurements.filter(({ params }) => params[parameter] === smallest);
}
