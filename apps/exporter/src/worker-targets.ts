import type { WorkerEntry } from '@natsweep/queue';

/** One group of targets in the format of Prometheus' HTTP service discovery. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The workers that serve /metrics themselves; the others are in the exporter's own metrics all the same. */
export function workerTargets(workers: readonly WorkerEntry[]): TargetGroup[] {
  return workers.flatMap(({ status: { worker, host, metricsAddress } }) =>
    metricsAddress === null ? [] : [{ targets: [metricsAddress], labels: { worker, host } }],
  );
}
