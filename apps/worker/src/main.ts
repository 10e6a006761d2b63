import { RedisUnavailableError, resolveRedis } from '@natsweep/queue';
import type { Failure } from '@natsweep/sweep';
import { createLogger } from '@natsweep/telemetry';
import { version } from '@natsweep/telemetry/version';
import { usableGpus } from './gpus.ts';
import { after } from './long-timer.ts';
import { OnceError } from './once-error.ts';
import { help, readSettings, SettingsError, type Settings } from './settings.ts';
import { TrialProcessError } from './trial-child.ts';
import { WorkerProcess } from './worker.ts';

/** Beyond the drain: how long a worker that is to end waits for Redis. */
const shutdownSeconds = 10;

/** Runs until SIGTERM or SIGINT and drains then; a second signal hands batches back at once. */
async function run(settings: Settings): Promise<void> {
  const logger = createLogger({ app: 'worker' }).child({ worker: settings.name });
  const address = resolveRedis({ home: settings.home, env: process.env });
  const worker = await WorkerProcess.start({ address, settings, version, logger });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        logger.info({ signal }, 'draining; a second signal hands batches back at once');
        resolve();
        worker.hurry();
      });
    }
  });
  worker.run();
  await stopped;
  const callOff = after((settings.drainSeconds + shutdownSeconds) * 1000, () => {
    logger.error(`no answer from ${address.description}: batches in hand go to other workers when their locks expire`);
    process.exit(1);
  });
  try {
    await worker.drain();
  } finally {
    callOff();
  }
}

const onceExitCodes: ReadonlyMap<Failure, number> = new Map([
  ['invalid', 2],
  ['engine', 3],
  ['data', 3],
]);

try {
  const settings = readSettings(process.argv.slice(2), process.env, await usableGpus());
  if (settings === 'help') process.stdout.write(help);
  // these two load engines, which a worker that takes batches leaves to its trial processes
  else if (settings === 'probe') {
    const { probe } = await import('./probe.ts');
    for await (const found of probe()) process.stdout.write(`${JSON.stringify(found)}\n`);
  } else if (settings.once) {
    const { runOnce } = await import('./once.ts');
    await runOnce(settings.engine);
  } else {
    await run(settings);
    process.exit(0);
  }
} catch (error) {
  const exitCode = exitCodeOf(error);
  if (exitCode === undefined) throw error;
  process.exitCode = exitCode;
  process.stderr.write(`worker: ${(error as Error).message}\n`);
}

/** As `--help` documents it; undefined for a fault of natsweep itself, whose stack is worth seeing. */
function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof SettingsError) return 2;
  if (error instanceof RedisUnavailableError) return 3;
  if (error instanceof TrialProcessError) return error.code === 'engine' ? 3 : 1;
  if (error instanceof OnceError) return onceExitCodes.get(error.failure) ?? 1;
  return undefined;
}
