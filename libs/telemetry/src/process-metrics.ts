import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';

import { collectDefaultMetrics, Registry } from 'prom-client';

import { mayReadMetrics } from './metrics-access.ts';

export interface ProcessMetricsOptions {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** A bearer token that /metrics demands. Default: none. */
  readonly token?: string | undefined;
}

export interface ProcessMetricsServer {
  /** Where others reach it, e.g. `127.0.0.1:9464`; the name of this machine stands for "all addresses". */
  readonly address: string;
  close(): void;
}

/**
 * Serves /metrics of this process: processor time, memory, event loop, garbage collection. What natsweep itself has to say of a
 * worker goes with its heartbeat to the exporter, so nothing is counted twice. Rejects if the address cannot be had.
 */
export async function serveProcessMetrics({ host, port, token }: ProcessMetricsOptions): Promise<ProcessMetricsServer> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('served here: /metrics\n');
      return;
    }
    if (!mayReadMetrics(request, token)) {
      response
        .writeHead(401, { 'content-type': 'text/plain', 'www-authenticate': 'Bearer' })
        .end('a bearer token is needed\n');
      return;
    }
    registry.metrics().then(
      (body) => response.writeHead(200, { 'content-type': registry.contentType }).end(body),
      (error: unknown) => response.writeHead(500).end(`${(error as Error).message}\n`),
    );
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  const isEverywhere = host === '0.0.0.0' || host === '::';
  return {
    address: reachable(isEverywhere ? hostname() : host, (server.address() as AddressInfo).port),
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function reachable(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
