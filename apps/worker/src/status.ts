import { hostname } from 'node:os';
import { heartbeat, signOff, type RedisConnection, type SlotStatus, type WorkerStatus } from '@natsweep/queue';
import type { Logger } from '@natsweep/telemetry';
import { imageData } from './data-folder.ts';
import type { GpuMonitor } from './gpus.ts';
import type { Slot } from './slot.ts';
import type { SlotPool } from './slot-pool.ts';

const heartbeatIntervalMs = 2000;

export interface AnnounceOptions {
  readonly worker: string;
  readonly version: string;
  readonly pool: Pick<SlotPool, 'slots' | 'memoryBytes'>;
  /** Read anew before every heartbeat; undefined where no slot is on a GPU. */
  readonly gpus: GpuMonitor | undefined;
  /** Where Prometheus reaches this worker's /metrics; null if it serves none. */
  readonly metricsAddress: string | null;
  readonly logger: Logger;
}

/** Keeps this worker in the registry until the returned function takes it out again. */
export async function announce(redis: RedisConnection, options: AnnounceOptions): Promise<() => Promise<void>> {
  const startedAtMs = Date.now();
  let hasLeft = false;
  const beat = async () => {
    await options.gpus?.refresh();
    if (!hasLeft) await heartbeat(redis, status(options, startedAtMs));
  };
  await beat();
  const timer = setInterval(() => {
    beat().catch((error: unknown) => options.logger.warn({ err: error }, 'heartbeat failed'));
  }, heartbeatIntervalMs);
  return async () => {
    clearInterval(timer);
    hasLeft = true;
    await signOff(redis, options.worker);
  };
}

function status({ worker, version, pool, gpus, metricsAddress }: AnnounceOptions, startedAtMs: number): WorkerStatus {
  return {
    worker,
    host: hostname(),
    pid: process.pid,
    version,
    startedAtMs,
    heartbeatAtMs: Date.now(),
    metricsAddress,
    missingData: missingData(),
    slots: pool.slots.map((slot) => ({ ...slotStatus(slot, gpus), memoryLimitBytes: pool.memoryBytes })),
  };
}

/** Looked up at every heartbeat: files may come while the worker runs. */
function missingData(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    imageData().flatMap(({ name, missing }) =>
      missing === undefined ? [] : [[name, `${missing.reason}: ${missing.fix}`]],
    ),
  );
}

function slotStatus({ name, gpu, state }: Slot, gpus: GpuMonitor | undefined): Omit<SlotStatus, 'memoryLimitBytes'> {
  const reading = gpu === undefined ? undefined : gpus?.reading(gpu);
  return {
    slot: name,
    engine: state.engine?.engine ?? 'none',
    device: reading?.name ?? state.engine?.device ?? 'none',
    state: state.trialId === null ? 'idle' : 'busy',
    trialId: state.trialId,
    trialsFinished: state.trialsFinished,
    stepsFinished: state.stepsFinished,
    gpuUtilization: reading?.utilization ?? null,
    gpuMemoryUsedBytes: reading?.memoryUsedBytes ?? null,
    gpuMemoryTotalBytes: reading?.memoryTotalBytes ?? null,
  };
}
