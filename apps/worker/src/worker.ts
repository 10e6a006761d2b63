import {
  connect,
  onCancelled,
  onSlotsRequest,
  ReportSender,
  type CommandReply,
  type RedisAddress,
} from '@natsweep/queue';
import type { Logger } from '@natsweep/telemetry';
import { isOpenToOthers } from '@natsweep/telemetry/metrics-access';
import { serveProcessMetrics, type ProcessMetricsServer } from '@natsweep/telemetry/process-metrics';
import { GpuMonitor } from './gpus.ts';
import { after } from './long-timer.ts';
import { logOutages } from './outages.ts';
import { SettingsError, type Settings } from './settings.ts';
import { SlotPool } from './slot-pool.ts';
import { announce } from './status.ts';

/** How long a worker waits for Redis as it starts. */
const redisWaitMs = 15_000;

/** How long Redis may take to settle the batches that were handed back, and their reports, before the process ends all the same. */
const handBackMs = 5000;

export interface WorkerOptions {
  readonly address: RedisAddress;
  readonly settings: Settings;
  readonly version: string;
  readonly logger: Logger;
}

/** The parent of the trial processes: it holds the locks of batches, and never computes. */
export class WorkerProcess {
  readonly #options: WorkerOptions;
  readonly #pool: SlotPool;
  readonly #leave: () => Promise<void>;
  #hurry: (() => void) | undefined;

  private constructor(options: WorkerOptions, pool: SlotPool, leave: () => Promise<void>) {
    this.#options = options;
    this.#pool = pool;
    this.#leave = leave;
  }

  /**
   * Starts the trial processes and announces the worker. Throws `RedisUnavailableError`, `TrialProcessError` where the
   * engine is not to be had, or `SettingsError` where the address for metrics is not.
   */
  static async start(options: WorkerOptions): Promise<WorkerProcess> {
    const { address, settings, version, logger } = options;
    const redis = await connect(address, { waitMs: redisWaitMs, onOutage: 'wait' });
    const stopLogging = logOutages(redis, { description: address.description, logger });
    const disconnect = () => {
      stopLogging();
      redis.disconnect();
    };
    const sender = new ReportSender(redis, (error, fate) => {
      if (fate === 'waits') logger.warn(`${error.message} Results wait.`);
      else logger.error({ err: error }, 'Redis refuses a report');
    });
    const gpus = settings.slots.some(({ gpu }) => gpu !== undefined) ? new GpuMonitor() : undefined;
    await gpus?.refresh();
    const pool = new SlotPool({ redis, settings, gpus, sender, logger });
    try {
      const engine = await pool.prepare();
      logger.info({ slots: pool.size, engine }, `taking batches from ${address.description}`);
      const metrics = await serveMetrics(settings, logger);
      const stopListening = await onCancelled(redis, (cancelled) => void pool.cancel(cancelled));
      const stopResizing = await onSlotsRequest(redis, settings.name, (slots) => resize(pool, slots, options));
      const leave = await announce(redis, {
        worker: settings.name,
        version,
        pool,
        gpus,
        metricsAddress: metrics?.address ?? null,
        logger,
      });
      return new WorkerProcess(options, pool, async () => {
        stopListening();
        stopResizing();
        await leave();
        metrics?.close();
        disconnect();
      });
    } catch (error) {
      await pool.close();
      disconnect();
      throw error;
    }
  }

  /** Takes batches until `drain`. */
  run(): void {
    this.#pool.take();
  }

  /**
   * Takes no more batches, lets those in hand finish until the deadline, then hands back what is left of them. `hurry`
   * moves the deadline to now.
   */
  async drain(): Promise<void> {
    const { settings, logger } = this.#options;
    const closed = this.#pool.finish();
    const deadline = Promise.withResolvers<'deadline'>();
    const stopTimer = after(settings.drainSeconds * 1000, () => deadline.resolve('deadline'));
    this.#hurry = () => deadline.resolve('deadline');
    if ((await Promise.race([closed, deadline.promise])) === 'deadline') {
      logger.warn('handing back the batches in hand');
      await this.#pool.handBack();
      await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, handBackMs).unref())]);
    }
    stopTimer();
    await this.#pool.close();
    await this.#leave();
  }

  /** Ends a drain's wait. */
  hurry(): void {
    this.#hurry?.();
  }
}

async function serveMetrics({ metrics }: Settings, logger: Logger): Promise<ProcessMetricsServer | undefined> {
  if (metrics === undefined) return undefined;
  try {
    const server = await serveProcessMetrics(metrics);
    if (isOpenToOthers(metrics.host, metrics.token))
      logger.warn('metrics can be read by everyone who reaches this port; set NATSWEEP_WORKER_METRICS_TOKEN');
    return server;
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code;
    throw new SettingsError(`--metrics ${metrics.host}:${metrics.port} is not to be had (${reason}); choose another`, {
      cause: error,
    });
  }
}

/** Answers a request for another number of slots. */
async function resize(pool: SlotPool, slots: number, { settings, logger }: WorkerOptions): Promise<CommandReply> {
  const { name } = settings;
  const before = pool.size;
  try {
    await pool.resize(slots);
  } catch (error) {
    return { ok: false, message: `Worker ${name} cannot have ${slots} slots: ${(error as Error).message}.` };
  }
  logger.info({ slots, before }, 'number of slots changed');
  const rest = pool.leaving === 0 ? '' : `; ${pool.leaving} more end when their batch is done`;
  return {
    ok: true,
    message: `Worker ${name} has ${slots} ${slots === 1 ? 'slot' : 'slots'} (${before} before)${rest}.`,
    facts: { worker: name, slots, before },
  };
}
