import type { SweepSummary } from '@natsweep/queue';

import { addFleet, addQueue } from './fleet-series.ts';
import { SeriesSet } from './series.ts';
import type { Snapshot } from './snapshot.ts';
import { addSweep } from './sweep-series.ts';

export interface CollectOptions {
  readonly version: string;
  readonly nowMs: number;
  /** An ended sweep is shown for this long after its last summary. */
  readonly keepEndedSeconds: number;
  /** The most recently updated sweeps are shown, the others counted in `natsweep_exporter_hidden_sweeps`. */
  readonly maxSweeps: number;
}

/** The series of one scrape; without a snapshot (Redis cannot be reached) only that `natsweep_up` is 0. */
export function collect(snapshot: Snapshot | undefined, options: CollectOptions): SeriesSet {
  const series = new SeriesSet();
  series.set('up', {}, snapshot === undefined ? 0 : 1);
  series.set('exporterInfo', { version: options.version }, 1);
  if (snapshot === undefined) return series;
  const current = snapshot.sweeps
    .filter((sweep) => isCurrent(sweep, options))
    .toSorted((a, b) => b.updatedAtMs - a.updatedAtMs);
  for (const summary of current.slice(0, options.maxSweeps)) addSweep(series, summary);
  series.set('sweepsHidden', {}, Math.max(0, current.length - options.maxSweeps));
  addFleet(series, snapshot.workers, snapshot.lostWorkers);
  addQueue(series, snapshot.queue, options.nowMs);
  return series;
}

function isCurrent({ state, updatedAtMs }: SweepSummary, { nowMs, keepEndedSeconds }: CollectOptions): boolean {
  const ended = state === 'completed' || state === 'cancelled';
  return !ended || nowMs - updatedAtMs < keepEndedSeconds * 1000;
}
