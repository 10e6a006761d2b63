import assert from 'node:assert/strict';
import { test } from 'node:test';

import { emptyDurations, metricCatalogue } from '@natsweep/telemetry';
import type { MetricKey } from '@natsweep/telemetry';

import { collect } from './collect.ts';
import { exampleNowMs, exampleSnapshot, exampleSweep, exampleWorker } from './example-snapshot.ts';
import type { Snapshot } from './snapshot.ts';

const options = { version: '0.1.0', nowMs: exampleNowMs, keepEndedSeconds: 3600, maxSweeps: 50 };

/** The value of the one series of a metric that has these labels; undefined if there is none. */
function valueOf(snapshot: Snapshot | undefined, key: MetricKey, labels: Readonly<Record<string, string>> = {}) {
  const samples = collect(snapshot, options).samples.get(metricCatalogue[key]) ?? [];
  const found = samples.filter((sample) =>
    Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  assert.ok(found.length <= 1, `${key}: ${found.length} series`);
  return found[0]?.value;
}

test('every metric of the catalogue has a series in a full snapshot, with exactly the labels that it declares', () => {
  const { samples } = collect(exampleSnapshot(), options);
  for (const metric of Object.values(metricCatalogue)) {
    const found = samples.get(metric);
    assert.ok(found !== undefined, metric.name);
    for (const sample of found) assert.deepEqual(Object.keys(sample.labels).sort(), [...metric.labels].sort());
  }
});

test('without Redis there is natsweep_up 0 and nothing that could be mistaken for a measurement', () => {
  const { samples } = collect(undefined, options);
  assert.deepEqual(
    [...samples.keys()].map((metric) => metric.name),
    ['natsweep_up', 'natsweep_exporter_info'],
  );
  assert.equal(valueOf(undefined, 'up'), 0);
  assert.equal(valueOf(exampleSnapshot(), 'up'), 1);
});

test('the trials of a sweep add up to those planned', () => {
  const trials = Object.fromEntries(
    ['pending', 'admitted', 'observed', 'failed'].map((state) => [
      state,
      valueOf(exampleSnapshot(), 'sweepTrials', { state }),
    ]),
  );
  assert.deepEqual(trials, { pending: 1, admitted: 3, observed: 5, failed: 1 });
  assert.equal(valueOf(exampleSnapshot(), 'sweepPlanned'), 10);
  assert.equal(valueOf(exampleSnapshot(), 'sweepRecorded'), 6);
});

test('outcomes, failures and retries that have not happened are there at 0', () => {
  const snapshot = exampleSnapshot();
  assert.equal(valueOf(snapshot, 'sweepObservations', { approximation: 'kfac', outcome: 'diverged' }), 1);
  assert.equal(valueOf(snapshot, 'sweepObservations', { approximation: 'exact', outcome: 'diverged' }), 0);
  assert.equal(valueOf(snapshot, 'sweepFailures', { failure: 'timeout' }), 1);
  assert.equal(valueOf(snapshot, 'sweepFailures', { failure: 'out-of-memory' }), 0);
  assert.equal(valueOf(snapshot, 'sweepRetries', { failure: 'lost' }), 2);
  assert.equal(valueOf(snapshot, 'sweepRetries', { failure: 'crash' }), 0);
});

test('what is not known has no series', () => {
  const snapshot = exampleSnapshot({ sweeps: [exampleSweep({ etaSeconds: null, objective: null })] });
  for (const key of ['sweepEta', 'sweepBest', 'sweepImproved'] as const)
    assert.equal(valueOf(snapshot, key), undefined);
  assert.equal(valueOf(exampleSnapshot(), 'slotGpuUtilization', { slot: 'cpu0' }), undefined);
});

test('an ended sweep is shown for a while and then dropped; a paused one stays', () => {
  const at = (state: 'completed' | 'cancelled' | 'paused', ageSeconds: number) =>
    exampleSnapshot({ sweeps: [exampleSweep({ state, updatedAtMs: exampleNowMs - ageSeconds * 1000 })] });
  for (const state of ['completed', 'cancelled'] as const) {
    assert.equal(valueOf(at(state, 3599), 'sweepState', { state }), 1);
    assert.equal(valueOf(at(state, 3600), 'sweepState', { state }), undefined);
  }
  assert.equal(valueOf(at('paused', 1e6), 'sweepState', { state: 'paused' }), 1);
});

test('the number of series is bounded by sweeps and approximations, and what is left out is counted', () => {
  const names = Array.from({ length: 30 }, (_, index) => `a${String(index).padStart(2, '0')}`);
  const byApproximation = Object.fromEntries(
    names.map((name) => [name, { byOutcome: { converged: 1 }, durations: emptyDurations }]),
  );
  const sweeps = Array.from({ length: 80 }, (_, index) => exampleSweep({ name: `s${index}`, updatedAtMs: index }));
  const snapshot = exampleSnapshot({ sweeps: [...sweeps, exampleSweep({ name: 'many', byApproximation })] });
  const series = collect(snapshot, options).samples;
  assert.equal(series.get(metricCatalogue.sweepInfo)?.length, 50);
  assert.equal(valueOf(snapshot, 'sweepsHidden'), 31);
  assert.equal(valueOf(snapshot, 'sweepInfo', { sweep: 's79' }), 1);
  assert.equal(valueOf(snapshot, 'sweepInfo', { sweep: 's0' }), undefined);
  const folded = { sweep: 'many', approximation: 'other', outcome: 'converged' };
  assert.equal(valueOf(snapshot, 'sweepObservations', folded), 18);
});

test('fleet totals count slots over all workers and are 0 without any', () => {
  const second = exampleWorker({ worker: 'node2-3', metricsAddress: null });
  const workers = [
    { status: exampleWorker(), heartbeatAgeMs: 0, clockSkewMs: 0 },
    { status: second, heartbeatAgeMs: 0, clockSkewMs: 0 },
  ];
  assert.equal(valueOf(exampleSnapshot({ workers }), 'fleetSlots', { state: 'idle' }), 2);
  assert.equal(valueOf(exampleSnapshot({ workers }), 'slotBusy', { worker: 'node2-3', slot: 'gpu0' }), 1);
  assert.equal(valueOf(exampleSnapshot({ workers: [] }), 'fleetWorkers'), 0);
  assert.equal(valueOf(exampleSnapshot({ workers: [] }), 'fleetSlots', { state: 'busy' }), 0);
});

test('the oldest wait is measured from admission and is 0 while nothing waits', () => {
  assert.equal(valueOf(exampleSnapshot(), 'queueOldestWait'), 30);
  const queue = { ...exampleSnapshot().queue, oldestWaitingAtMs: null };
  assert.equal(valueOf(exampleSnapshot({ queue }), 'queueOldestWait'), 0);
});
