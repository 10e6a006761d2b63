import { hostname } from 'node:os';
import { heartbeat, signOff, type RedisConnection, type SlotStatus, type WorkerStatus } from '@natsweep/queue';
import type { Logger } from '@natsweep/telemetry';
import { listGpus, type Gpu } from './gpus.ts';
import type { Slot } from './slot.ts';

const heartbeatIntervalMs = 2000;

export interface AnnounceOptions {
  readonly worker: string;
  readonly version: string;
  readonly slots: readonly Slot[];
  /** Where Prometheus reaches this worker's /metrics; null if it serves none. */
  readonly metricsAddress: string | null;
  readonly logger: Logger;
}

/** Keeps this worker in the registry until the returned function takes it out again. */
export async function announce(redis: RedisConnection, options: AnnounceOptions): Promise<() => Promise<void>> {
  const startedAtMs = Date.now();
  const onGpus = options.slots.some(({ gpu }) => gpu !== undefined);
  const beat = async () => heartbeat(redis, status(options, startedAtMs, onGpus ? await listGpus() : []));
  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => options.logger.warn({ err: error }, 'heartbeat failed'));
  }, heartbeatIntervalMs);
  return async () => {
    clearInterval(timer);
    await signOff(redis, options.worker);
  };
}

function status(
  { worker, version, slots, metricsAddress }: AnnounceOptions,
  startedAtMs: number,
  gpus: readonly Gpu[],
): WorkerStatus {
  return {
    worker,
    host: hostname(),
    pid: process.pid,
    version,
    startedAtMs,
    heartbeatAtMs: Date.now(),
    metricsAddress,
    slots: slots.map((slot) => slotStatus(slot, gpus)),
  };
}

function slotStatus({ name, gpu, state }: Slot, gpus: readonly Gpu[]): SlotStatus {
  const device = gpus.find(({ index }) => index === gpu);
  return {
    slot: name,
    engine: state.engine?.engine ?? 'none',
    device: state.engine?.device ?? 'none',
    state: state.trialId === null ? 'idle' : 'busy',
    trialId: state.trialId,
    trialsFinished: state.trialsFinished,
    stepsFinished: state.stepsFinished,
    gpuUtilization: device?.utilization ?? null,
    gpuMemoryUsedBytes: device?.memoryUsedBytes ?? null,
    gpuMemoryTotalBytes: device?.memoryTotalBytes ?? null,
  };
}
