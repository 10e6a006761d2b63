import { setFlagsFromString } from 'node:v8';
import { BatchQueue, connect, Lease, RedisUnavailableError, ReportReader, resolveRedis } from '@natsweep/queue';
import { openResults, ResultsError } from '@natsweep/results';
import { createLogger } from '@natsweep/telemetry';
import { Collector } from './collector.ts';
import { GridPlanner } from './plan-grid.ts';
import { Scheduler } from './scheduler.ts';
import { help, readSettings, SettingsError, type Settings } from './settings.ts';
import { Sweeps } from './sweeps.ts';

/** How long a scheduler waits for Redis as it starts. */
const redisWaitMs = 15_000;

/** How long a scheduler that is to end may take to record what has been reported. */
const shutdownMs = 30_000;

/** A grid may take this part of the lease, in processor time: on a machine that is busy with other work it takes longer. */
const planningPart = 3;

/**
 * V8 lets its heap grow to several times what lives in it where the machine has memory. What lives here is the same at any
 * size of sweep; the pages of reports that have gone by are not worth their room: 200,000 trials took 310 MiB without this,
 * a million take 270 MiB with it.
 */
setFlagsFromString('--heap-growing-percent=60');

/** Runs until SIGTERM or SIGINT; a second signal ends it at once, which loses nothing either. */
async function run(settings: Settings): Promise<void> {
  const logger = createLogger({ app: 'scheduler' });
  const stopping = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stopping.signal.aborted) process.exit(1);
      stopping.abort();
      // Without Redis or the database there is nothing to finish; what is reported is recorded by the next scheduler.
      setTimeout(() => process.exit(1), shutdownMs).unref();
    });
  }
  const address = resolveRedis({ home: settings.home, env: process.env });
  const redis = await connect(address, { waitMs: redisWaitMs, onOutage: 'wait', signal: stopping.signal });
  const results = await openResults(settings.databaseUrl);
  const commandRedis = await connect(address, { onOutage: 'wait' });
  const queue = await BatchQueue.open(address);
  const reader = await ReportReader.open(address);
  const lease = new Lease(redis, settings.leaseSeconds * 1000);
  const grids = new GridPlanner({ longestSeconds: settings.leaseSeconds / planningPart });
  const sweeps = new Sweeps({ results, queue, redis, grids, logger });
  const collector = new Collector({ results, queue, reader, sweeps, lease, logger });
  const scheduler = new Scheduler({ sweeps, collector, queue, redis, commandRedis, lease, settings, logger });
  await scheduler.run(stopping.signal);
  await results.close();
}

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === 'help') process.stdout.write(help);
  else {
    await run(settings);
    process.exit(0);
  }
} catch (error) {
  if (error instanceof SettingsError) process.exitCode = 2;
  else if (error instanceof RedisUnavailableError || error instanceof ResultsError) process.exitCode = 1;
  else throw error;
  process.stderr.write(`scheduler: ${error.message}\n`);
  process.exit();
}
