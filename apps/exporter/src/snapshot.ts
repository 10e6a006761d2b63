import type { QueueStatus, SweepSummary, WorkerEntry } from '@natsweep/queue';

/** Everything that one scrape shows, as it stands in Redis: a restart of the exporter or of Redis changes no counter. */
export interface Snapshot {
  readonly sweeps: readonly SweepSummary[];
  readonly workers: readonly WorkerEntry[];
  /** Workers that vanished in the last hour without a sign-off. */
  readonly lostWorkers: number;
  readonly queue: QueueStatus;
}

/** Where snapshots come from; rejects while Redis cannot be reached. */
export type ReadSnapshot = () => Promise<Snapshot>;
