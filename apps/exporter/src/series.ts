import { metricCatalogue } from '@natsweep/telemetry';
import type { DurationHistogram, Metric, MetricKey } from '@natsweep/telemetry';

/** The labels of a metric, each with a value; a name that the catalogue does not know does not compile. */
export type LabelsOf<Key extends MetricKey> = Readonly<Record<(typeof metricCatalogue)[Key]['labels'][number], string>>;

type KeyOf<Type extends Metric['type']> = {
  [Key in MetricKey]: (typeof metricCatalogue)[Key]['type'] extends Type ? Key : never;
}[MetricKey];

/** The value of one labelled series. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number | DurationHistogram;
}

/** All series of one scrape, by metric. Built anew for every scrape, so that nothing outlives what it describes. */
export class SeriesSet {
  readonly samples = new Map<Metric, Sample[]>();

  set<Key extends KeyOf<'gauge' | 'counter'>>(key: Key, labels: LabelsOf<Key>, value: number): void {
    this.#add(metricCatalogue[key], { labels, value });
  }

  setHistogram<Key extends KeyOf<'histogram'>>(key: Key, labels: LabelsOf<Key>, value: DurationHistogram): void {
    this.#add(metricCatalogue[key], { labels, value });
  }

  #add(metric: Metric, sample: Sample): void {
    const samples = this.samples.get(metric);
    if (samples === undefined) this.samples.set(metric, [sample]);
    else samples.push(sample);
  }
}
