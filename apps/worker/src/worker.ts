import { totalmem } from 'node:os';
import {
  BatchWorker,
  connect,
  onCancelled,
  ReportSender,
  type RedisAddress,
  type RedisConnection,
} from '@natsweep/queue';
import type { Logger } from '@natsweep/telemetry';
import { serveProcessMetrics, type ProcessMetricsServer } from '@natsweep/telemetry/process-metrics';
import { GpuMonitor } from './gpus.ts';
import { SettingsError, type Settings } from './settings.ts';
import { Slot } from './slot.ts';
import { announce } from './status.ts';

/** How long a worker waits for Redis as it starts. */
const redisWaitMs = 15_000;

/** How long settling the batches that were handed back may take before the process ends all the same. */
const handBackMs = 5000;

/** A quarter of what there is: hours of operations are left for the batch in which it is passed. */
const maxTensorHandles = 2 ** 30;

export interface WorkerOptions {
  readonly address: RedisAddress;
  readonly settings: Settings;
  readonly version: string;
  readonly logger: Logger;
}

/** The parent of the trial processes: it holds the locks of batches, and never computes. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  readonly #slots: readonly Slot[];
  readonly #batchWorkers: readonly BatchWorker[];
  readonly #close: () => Promise<void>;
  #hurry: (() => void) | undefined;

  private constructor(
    options: WorkerOptions,
    parts: { readonly slots: readonly Slot[]; readonly redis: RedisConnection; readonly leave: () => Promise<void> },
  ) {
    const { slots, redis, leave } = parts;
    this.#options = options;
    this.#slots = slots;
    this.#close = leave;
    this.#batchWorkers = slots.map(
      (slot) =>
        new BatchWorker(redis, {
          slot: slot.name,
          lockDurationMs: options.settings.lockSeconds * 1000,
          run: (delivery) => slot.run(delivery),
          onError: (error) => {
            if (!isConnectionError(error)) options.logger.warn({ err: error, slot: slot.name }, 'queue');
          },
        }),
    );
  }

  /**
   * Starts the trial processes and announces the worker. Throws `RedisUnavailableError`, `TrialProcessError` where the
   * engine is not to be had, or `SettingsError` where the address for metrics is not.
   */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const { address, settings, version, logger } = options;
    const redis = await connect(address, { waitMs: redisWaitMs, onOutage: 'wait' });
    const onLoss = () => logger.warn(`lost ${address.description}; trials go on, results wait until it is back`);
    redis.on('close', onLoss);
    redis.on('ready', () => logger.info(`back at ${address.description}`));
    const disconnect = () => redis.off('close', onLoss).disconnect();
    const sender = new ReportSender(redis, (error) => logger.error({ err: error }, 'Redis refuses a report'));
    const gpus = settings.slots.some(({ gpu }) => gpu !== undefined) ? new GpuMonitor() : undefined;
    await gpus?.refresh();
    const limits = { memoryBytes: totalmem() / settings.slots.length / 2, tensorHandles: maxTensorHandles };
    const slots = settings.slots.map(
      ({ name, gpu }) =>
        new Slot({
          name,
          gpu,
          readGpu: () => (gpu === undefined ? undefined : gpus?.reading(gpu)),
          worker: settings.name,
          engine: settings.engine,
          heapMiB: settings.heapMiB,
          limits,
          sender,
          logger: logger.child({ slot: name }),
        }),
    );
    try {
      const [engine] = await Promise.all(slots.map((slot) => slot.prepare()));
      logger.info({ slots: slots.length, engine }, `taking batches from ${address.description}`);
      const metrics = await serveMetrics(settings);
      const stopListening = await onCancelled(redis, (cancelled) => {
        for (const slot of slots) void slot.cancel(cancelled);
      });
      const leave = await announce(redis, {
        worker: settings.name,
        version,
        slots,
        gpus,
        metricsAddress: metrics?.address ?? null,
        logger,
      });
      return new WorkerProcess(options, {
        slots,
        redis,
        leave: async () => {
          stopListening();
          await leave();
          metrics?.close();
          disconnect();
        },
      });
    } catch (error) {
      await Promise.all(slots.map((slot) => slot.close()));
      disconnect();
      throw error;
    }
  }

  /** Takes batches until `drain`. */
  async run(): Promise<void> {
    await Promise.all(this.#batchWorkers.map((worker) => worker.run()));
  }

  /**
   * Takes no more batches, lets those in hand finish until the deadline, then hands back what is left of them. `hurry`
   * moves the deadline to now.
   */
  async drain(): Promise<void> {
    const { settings, logger } = this.#options;
    const closed = Promise.all(this.#batchWorkers.map((worker) => worker.close()));
    const deadline = Promise.withResolvers<'deadline'>();
    const timer = setTimeout(() => deadline.resolve('deadline'), settings.drainSeconds * 1000);
    this.#hurry = () => deadline.resolve('deadline');
    if ((await Promise.race([closed, deadline.promise])) === 'deadline') {
      logger.warn('handing back the batches in hand');
      await Promise.all(this.#slots.map((slot) => slot.handBack()));
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, handBackMs).unref())]);
    }
    clearTimeout(timer);
    await Promise.all(this.#slots.map((slot) => slot.close()));
    await this.#close();
  }

  /** Ends a drain's wait. */
  hurry(): void {
    this.#hurry?.();
  }
}

async function serveMetrics({ metrics }: Settings): Promise<ProcessMetricsServer | undefined> {
  if (metrics === undefined) return undefined;
  try {
    return await serveProcessMetrics(metrics);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new SettingsError(`--metrics ${metrics.host}:${metrics.port} is not to be had (${reason}); choose another`, {
      cause: error,
    });
  }
}

/** Every connection reports every attempt to reconnect; one line per outage is enough. */
function isConnectionError(error: Error): boolean {
  return 'syscall' in error || error.message === 'Connection is closed.';
}
