import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';

import type { Logger } from '@natsweep/telemetry';
import { mayReadMetrics } from '@natsweep/telemetry/metrics-access';

import { collect } from './collect.ts';
import type { CollectOptions } from './collect.ts';
import { expose } from './exposition.ts';
import type { ReadSnapshot, Snapshot } from './snapshot.ts';
import { workerTargets } from './worker-targets.ts';

export interface ServerOptions extends Omit<CollectOptions, 'nowMs'> {
  readonly readSnapshot: ReadSnapshot;
  readonly logger: Logger;
  /** A bearer token that /metrics and /sd/workers demand. */
  readonly token: string | undefined;
}

interface Reply {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** The exporter's HTTP server, not yet listening. It reads Redis when asked and keeps nothing between requests. */
export function createExporter(options: ServerOptions): Server {
  const read = reportOutages(options);
  return createServer((request, response) => {
    answer(request, options, read).then(
      (reply) => send(response, reply),
      (error: unknown) => {
        options.logger.error({ err: error }, 'cannot answer a request');
        send(response, text(500, 'internal error; see the log of the exporter'));
      },
    );
  });
}

async function answer(
  request: IncomingMessage,
  options: ServerOptions,
  read: () => Promise<Snapshot | undefined>,
): Promise<Reply> {
  const { pathname } = new URL(request.url ?? '/', 'http://exporter');
  if (request.method !== 'GET') return text(405, 'only GET is served');
  if (pathname === '/healthz') return json(200, { status: 'ok' });
  if (pathname !== '/metrics' && pathname !== '/sd/workers') {
    return text(404, 'served here: /metrics, /sd/workers, /healthz');
  }
  if (!mayReadMetrics(request, options.token)) return text(401, 'a bearer token is needed');
  const snapshot = await read();
  if (pathname === '/metrics') {
    const series = collect(snapshot, { ...options, nowMs: Date.now() });
    return { status: 200, ...(await expose(series, request.headers.accept)) };
  }
  // Prometheus keeps the targets that it has when discovery fails: an outage must not look like an empty fleet.
  if (snapshot === undefined) return text(503, 'Redis cannot be reached');
  return json(200, workerTargets(snapshot.workers));
}

/** Reads a snapshot, or undefined during an outage; logs the beginning and the end of each. */
function reportOutages({ readSnapshot, logger }: ServerOptions): () => Promise<Snapshot | undefined> {
  let isDown = false;
  return async () => {
    try {
      const snapshot = await readSnapshot();
      if (isDown) logger.info('Redis is back');
      isDown = false;
      return snapshot;
    } catch (error) {
      if (!isDown) logger.warn({ err: error }, 'cannot read Redis; trying again with every scrape');
      isDown = true;
      return undefined;
    }
  };
}

function text(status: number, body: string): Reply {
  return { status, contentType: 'text/plain; charset=utf-8', body: `${body}\n` };
}

function json(status: number, value: unknown): Reply {
  return { status, contentType: 'application/json', body: JSON.stringify(value) };
}

function send(response: ServerResponse, { status, contentType, body }: Reply): void {
  const challenge = status === 401 ? { 'www-authenticate': 'Bearer' } : {};
  response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store', ...challenge }).end(body);
}
