import { metricCatalogue, processMetricCatalogue } from '@natsweep/telemetry';

const known = { ...metricCatalogue, ...processMetricCatalogue };
type MetricKey = keyof typeof known;

/** What to match by label. A value that begins with `$` is a dashboard variable, which may hold several: matched with =~. */
export type Matchers<Key extends MetricKey> = {
  readonly [Label in (typeof known)[Key]['labels'][number]]?: string;
};

type HistogramKey = {
  [Key in MetricKey]: (typeof known)[Key]['type'] extends 'histogram' ? Key : never;
}[MetricKey];

/** A selector of a metric of the catalogue: `natsweep_sweep_trials{sweep=~"$sweep",state="failed"}`. */
export function series<Key extends MetricKey>(key: Key, matchers: Matchers<Key> = {}): string {
  return known[key].name + braces(matchers);
}

/** The buckets of a histogram of the catalogue. */
export function buckets<Key extends HistogramKey>(key: Key, matchers: Matchers<Key> = {}): string {
  return `${known[key].name}_bucket${braces(matchers)}`;
}

/** Increase per second over the interval that suits the zoom of the dashboard. */
export function perSecond(selector: string): string {
  return `rate(${selector}[$__rate_interval])`;
}

/** Growth per second of a gauge that only now and then goes down, over the same interval. */
export function growthPerSecond(selector: string): string {
  return `clamp_min(deriv(${selector}[$__rate_interval]), 0)`;
}

/** Increase over the same interval. */
export function increase(selector: string): string {
  return `increase(${selector}[$__rate_interval])`;
}

/** Increase over the time range of the dashboard. */
export function overRange(selector: string): string {
  return `increase(${selector}[$__range])`;
}

function braces(matchers: Readonly<Record<string, string | undefined>>): string {
  const pairs = Object.entries(matchers).map(([label, value = '']) => {
    return `${label}${value.startsWith('$') ? '=~' : '='}"${value}"`;
  });
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}
