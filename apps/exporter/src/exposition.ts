import { durationBucketsSeconds } from '@natsweep/telemetry';
import type { DurationHistogram, Metric } from '@natsweep/telemetry';
import { Registry } from 'prom-client';
import type { RegistryContentType } from 'prom-client';

import type { Sample, SeriesSet } from './series.ts';

export interface Exposition {
  readonly contentType: string;
  readonly body: string;
}

interface Line {
  readonly metricName?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: { readonly labelSet: Record<string, string>; readonly value: number; readonly timestamp: number };
}

/** The series as text, in OpenMetrics (with exemplars) if the client's Accept header asks for it. */
export async function expose(series: SeriesSet, accept: string | undefined): Promise<Exposition> {
  const wantsOpenMetrics = accept?.includes('application/openmetrics-text') === true;
  const registry: Registry<RegistryContentType> = new Registry();
  registry.setContentType(wantsOpenMetrics ? Registry.OPENMETRICS_CONTENT_TYPE : Registry.PROMETHEUS_CONTENT_TYPE);
  for (const [metric, samples] of series.samples) registry.registerMetric(stored(metric, samples) as never);
  return { contentType: registry.contentType, body: await registry.metrics() };
}

/**
 * A metric whose values are given rather than counted: prom-client's own counters and histograms begin at 0 with each
 * process, these come from Redis. The registry may rename the metric before it reads it (OpenMetrics' counters).
 */
function stored({ name, help, type }: Metric, samples: readonly Sample[]) {
  return {
    name,
    type,
    async get() {
      return { name: this.name, help, type, values: samples.flatMap((sample) => lines(this.name, sample)) };
    },
  };
}

function lines(name: string, { labels, value }: Sample): Line[] {
  return typeof value === 'number' ? [{ labels, value }] : histogramLines(name, labels, value);
}

function histogramLines(name: string, labels: Sample['labels'], { counts, sumSeconds, latest }: DurationHistogram) {
  const bounds = [...durationBucketsSeconds.map(String), '+Inf'];
  let cumulative = 0;
  const buckets = bounds.map((le, bucket): Line => {
    cumulative += counts[bucket] ?? 0;
    const trial = latest[bucket];
    const exemplar = trial && {
      labelSet: { trial_id: trial.trialId },
      value: trial.seconds,
      timestamp: trial.atMs / 1000,
    };
    return {
      metricName: `${name}_bucket`,
      labels: { ...labels, le },
      value: cumulative,
      ...(exemplar ? { exemplar } : {}),
    };
  });
  return [
    ...buckets,
    { metricName: `${name}_sum`, labels, value: sumSeconds },
    { metricName: `${name}_count`, labels, value: cumulative },
  ];
}
