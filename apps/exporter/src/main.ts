import { createLogger } from '@natsweep/telemetry';
import { isOpenToOthers } from '@natsweep/telemetry/metrics-access';
import { version } from '@natsweep/telemetry/version';

import { createRedisSource } from './redis-source.ts';
import { createExporter } from './server.ts';
import { help, readSettings, SettingsError } from './settings.ts';

function start(): void {
  const settings = readSettings(process.argv.slice(2), process.env);
  if (settings === 'help') {
    process.stdout.write(help);
    return;
  }
  const logger = createLogger({ app: 'exporter' });
  const source = createRedisSource(settings.home, process.env);
  const server = createExporter({ ...settings, version, logger, readSnapshot: source.read });
  server.on('error', (error) => {
    logger.error({ err: error }, `cannot listen on ${settings.host}:${settings.port}; choose another with --listen`);
    process.exitCode = 1;
    source.close();
  });
  server.listen(settings.port, settings.host, () => {
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    logger.info({ host: settings.host, port }, 'serving /metrics');
    if (isOpenToOthers(settings.host, settings.token)) {
      logger.warn('metrics can be read by everyone who reaches this port; set NATSWEEP_EXPORTER_TOKEN');
    }
  });
  const stop = () => {
    server.close(() => source.close());
    server.closeIdleConnections();
  };
  process.once('SIGTERM', stop).once('SIGINT', stop);
}

try {
  start();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  process.stderr.write(`exporter: ${error.message}\n`);
  process.exitCode = 2;
}
