import type { QueueStatus, SlotStatus, WorkerEntry } from '@natsweep/queue';

import type { SeriesSet } from './series.ts';

/** The workers together and one by one. Totals are there without any worker, so that an empty fleet reads 0. */
export function addFleet(series: SeriesSet, workers: readonly WorkerEntry[], lostWorkers: number): void {
  const slots = workers.flatMap(({ status }) => status.slots);
  const busy = slots.filter((slot) => slot.state === 'busy').length;
  series.set('fleetWorkers', {}, workers.length);
  series.set('fleetLostWorkers', {}, lostWorkers);
  series.set('fleetSlots', { state: 'busy' }, busy);
  series.set('fleetSlots', { state: 'idle' }, slots.length - busy);
  for (const { status, heartbeatAgeMs, clockSkewMs } of workers) {
    const { worker, host, version } = status;
    series.set('workerInfo', { worker, host, version }, 1);
    series.set('workerHeartbeatAge', { worker }, heartbeatAgeMs / 1000);
    series.set('workerClockSkew', { worker }, clockSkewMs / 1000);
    for (const slot of status.slots) addSlot(series, worker, slot);
  }
}

function addSlot(series: SeriesSet, worker: string, status: SlotStatus): void {
  const { slot, engine, device } = status;
  const labels = { worker, slot };
  series.set('slotBusy', { worker, slot, engine, device }, status.state === 'busy' ? 1 : 0);
  series.set('slotTrials', labels, status.trialsFinished);
  series.set('slotSteps', labels, status.stepsFinished);
  if (status.gpuUtilization !== null) series.set('slotGpuUtilization', labels, status.gpuUtilization);
  if (status.gpuMemoryUsedBytes !== null) series.set('slotGpuMemoryUsed', labels, status.gpuMemoryUsedBytes);
  if (status.gpuMemoryTotalBytes !== null) series.set('slotGpuMemoryTotal', labels, status.gpuMemoryTotalBytes);
}

export function addQueue(series: SeriesSet, queue: QueueStatus, nowMs: number): void {
  series.set('queueBatches', { state: 'waiting' }, queue.waitingBatches);
  series.set('queueBatches', { state: 'active' }, queue.activeBatches);
  series.set('queueBatches', { state: 'delayed' }, queue.delayedBatches);
  const waitedMs = queue.oldestWaitingAtMs === null ? 0 : Math.max(0, nowMs - queue.oldestWaitingAtMs);
  series.set('queueOldestWait', {}, waitedMs / 1000);
  series.set('redisMemoryUsed', {}, queue.redisMemoryUsedBytes);
  series.set('redisMemoryLimit', {}, queue.redisMemoryLimitBytes);
}
