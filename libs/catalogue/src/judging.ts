import type { Parameters } from '@natsweep/sweep';
import type { Measurement, Verdict } from './declaration.ts';
import { groupBy, isMeasured, maximum, minimum } from './spread.ts';

/** Measurements whose parameters have all of these values. */
export function having(measurements: readonly Measurement[], params: Parameters): readonly Measurement[] {
  return measurements.filter((m) => Object.entries(params).every(([name, value]) => m.params[name] === value));
}

/** A metric of a trial; undefined where it was not measured. */
export function metricOf(measurement: Measurement, name: string): number | undefined {
  const value = measurement.metrics[name];
  return isMeasured(value) ? value : undefined;
}

/** The measurements at the largest value of a numeric parameter. */
export function atLargest(measurements: readonly Measurement[], parameter: string): readonly Measurement[] {
  const largest = maximum(measurements.map(({ params }) => Number(params[parameter])));
  return measurements.filter(({ params }) => params[parameter] === largest);
}

/** The measurements at the smallest value of a numeric parameter. */
export function atSmallest(measurements: readonly Measurement[], parameter: string): readonly Measurement[] {
  const smallest = minimum(measurements.map(({ params }) => Number(params[parameter])));
  return measurements.filter(({ params }) => params[parameter] === smallest);
}

/** The values of a metric where it was finite. */
export function valuesOf(measurements: readonly Measurement[], metric: string): readonly number[] {
  return measurements.map((m) => m.metrics[metric]).filter(isMeasured);
}

/**
 * A metric of every trial that was not stopped, for claims on every trial: `missing` stands where it was not measured, as in a
 * trial that diverged, and must be a value that refutes the claim.
 */
export function valuesOfEvery(
  measurements: readonly Measurement[],
  metric: string,
  missing: number,
): readonly number[] {
  return measurements
    .filter(({ outcome }) => outcome !== 'stopped')
    .map((m) => {
      const value = m.metrics[metric];
      return isMeasured(value) ? value : missing;
    });
}

/**
 * metric(left) − metric(right) for every pair of one left and one right measurement that agree in seed and in the parameters
 * named by `pairedBy`. Where several qualify, each left is paired with each right; stopped trials have no pair.
 *
 * `lost` stands where a side was not measured, as in a trial that diverged. It must be a value that counts against the claim:
 * such a pair has no difference to average, and leaving it out would judge the claim on the pairs that went well.
 */
export function pairedDifferences(
  measurements: readonly Measurement[],
  compare: {
    readonly metric: string;
    readonly left: Parameters;
    readonly right: Parameters;
    readonly pairedBy: readonly string[];
    readonly lost: number;
  },
): readonly number[] {
  const key = (m: Measurement) => [m.seed, ...compare.pairedBy.map((name) => m.params[name])];
  return groupBy(measurements, key).flatMap((group) => {
    const rights = valuesOfEvery(having(group, compare.right), compare.metric, NaN);
    const lefts = valuesOfEvery(having(group, compare.left), compare.metric, NaN);
    return lefts.flatMap((left) => rights.map((right) => (Number.isNaN(left - right) ? compare.lost : left - right)));
  });
}

/** A verdict from a yes or no, or `undecided` where there was nothing to judge; then `missing` says what a sweep needs. */
export function verdict(
  isReproduced: boolean | undefined,
  texts: Omit<Verdict, 'status' | 'detail'> & { readonly missing: string; readonly detail?: string | undefined },
): Verdict {
  const { missing, detail, ...rest } = texts;
  if (isReproduced === undefined)
    return { ...rest, status: 'undecided', measured: 'nothing to measure', detail: missing };
  const status = isReproduced ? 'reproduced' : 'not reproduced';
  return { ...rest, status, ...(detail === undefined ? {} : { detail }) };
}
