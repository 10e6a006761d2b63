import { readFileSync } from 'node:fs';
import { RedisUnavailableError, resolveRedis } from '@natsweep/queue';
import { createLogger } from '@natsweep/telemetry';
import { probeEngines } from './probe.ts';
import { help, readSettings, SettingsError, type Settings } from './settings.ts';
import { TrialProcessError } from './trial-child.ts';
import { WorkerProcess } from './worker.ts';

/** Runs until SIGTERM or SIGINT and drains then; a second signal hands batches back at once. */
async function run(settings: Settings): Promise<void> {
  const logger = createLogger({ app: 'worker' }).child({ worker: settings.name });
  const address = resolveRedis({ home: settings.home, env: process.env });
  const worker = await WorkerProcess.start({ address, settings, version: packageVersion(), logger });
  const stopped = new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => {
        logger.info({ signal }, 'draining; a second signal hands batches back at once');
        resolve();
        worker.hurry();
      });
    }
  });
  void worker.run();
  await stopped;
  await worker.drain();
}

function packageVersion(): string {
  const file = new URL('../package.json', import.meta.url);
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

try {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === 'help') process.stdout.write(help);
  else if (settings === 'probe') process.stdout.write(`${JSON.stringify(probeEngines())}\n`);
  else {
    await run(settings);
    process.exit(0);
  }
} catch (error) {
  if (error instanceof SettingsError) process.exitCode = 2;
  else if (error instanceof RedisUnavailableError || error instanceof TrialProcessError) process.exitCode = 1;
  else throw error;
  process.stderr.write(`worker: ${error.message}\n`);
}
