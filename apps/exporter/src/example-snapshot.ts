import type { SweepSummary, WorkerStatus } from '@natsweep/queue';
import { addDuration, emptyDurations } from '@natsweep/telemetry';

import type { Snapshot } from './snapshot.ts';

/** The clock of the examples. */
export const exampleNowMs = Date.UTC(2026, 10, 22, 12);

/** A sweep for tests: 10 trials planned, 5 observed, 1 failed, 3 in the queue. */
export function exampleSweep(change: Partial<SweepSummary> = {}): SweepSummary {
  const durations = [0.02, 0.5, 0.7, 40_000].reduce(
    (sum, seconds, index) => addDuration(sum, { trialId: `trial-${index}`, seconds, atMs: exampleNowMs - 1000 }),
    emptyDurations,
  );
  return {
    name: 'depth',
    experiment: 'wide-training',
    state: 'running',
    stateReason: null,
    share: { priority: 0, weight: 1, slots: null },
    planned: 10,
    admitted: 3,
    observed: 5,
    failed: 1,
    byOutcome: { converged: 4, diverged: 1 },
    byFailure: { timeout: 1 },
    byApproximation: {
      exact: { byOutcome: { converged: 1 }, durations: emptyDurations },
      kfac: { byOutcome: { converged: 3, diverged: 1 }, durations },
    },
    retriesByFailure: { lost: 2 },
    duplicatesSuppressed: 1,
    trialsPerSecond: 2,
    etaSeconds: 2,
    objective: {
      metric: 'trainLoss',
      goal: 'minimize',
      best: 0.25,
      trialId: 'trial-1',
      improvedAtMs: exampleNowMs - 60_000,
    },
    createdAtMs: exampleNowMs - 600_000,
    updatedAtMs: exampleNowMs - 1000,
    ...change,
  };
}

/** A worker with one GPU slot that is busy and one CPU slot that is not. */
export function exampleWorker(change: Partial<WorkerStatus> = {}): WorkerStatus {
  const gpu = { gpuUtilization: 0.75, gpuMemoryUsedBytes: 1e9, gpuMemoryTotalBytes: 4e9 };
  const cpu = { gpuUtilization: null, gpuMemoryUsedBytes: null, gpuMemoryTotalBytes: null };
  return {
    ...{ worker: 'node1-17', host: 'node1', pid: 17, version: '0.1.0', metricsAddress: '10.0.0.1:9464' },
    ...{ startedAtMs: exampleNowMs - 3_600_000, heartbeatAtMs: exampleNowMs - 2000 },
    slots: [
      { slot: 'gpu0', engine: 'tfjs', device: 'H200', state: 'busy', trialId: 'trial-9', ...finished(7, 700), ...gpu },
      { slot: 'cpu0', engine: 'openblas', device: 'cpu', state: 'idle', trialId: null, ...finished(1, 9), ...cpu },
    ],
    ...change,
  };
}

export function exampleSnapshot(change: Partial<Snapshot> = {}): Snapshot {
  return {
    sweeps: [exampleSweep()],
    workers: [{ status: exampleWorker(), heartbeatAgeMs: 2000, clockSkewMs: -500 }],
    lostWorkers: 1,
    queue: {
      ...{ waitingBatches: 4, activeBatches: 2, delayedBatches: 1, oldestWaitingAtMs: exampleNowMs - 30_000 },
      ...{ redisMemoryUsedBytes: 1e6, redisMemoryLimitBytes: 1e9 },
    },
    ...change,
  };
}

function finished(trialsFinished: number, stepsFinished: number) {
  return { trialsFinished, stepsFinished, memoryLimitBytes: 2 ** 32 };
}
