import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { eventually, freePort, TestProcess } from '../infrastructure/processes.ts';
import type { Defer } from '../infrastructure/processes.ts';

const infra = resolve(import.meta.dirname, '../../infra/prometheus');

export interface Series {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [number, string];
}

export interface RuleState {
  readonly name: string;
  readonly type: 'alerting' | 'recording';
  readonly query: string;
  readonly health: string;
  readonly lastError?: string;
}

/** Debian's Prometheus with the repository's configuration and rules, hurried: what takes 10 to 30 s takes one here. */
export class PrometheusServer {
  readonly #url: string;

  private constructor(url: string) {
    this.#url = url;
  }

  static async start(defer: Defer, folder: string, exporter: string): Promise<PrometheusServer> {
    mkdirSync(join(folder, 'rules'), { recursive: true });
    const hurry = (text: string) =>
      text
        .replace(/(scrape_interval|evaluation_interval|refresh_interval|interval): \d+s/g, '$1: 1s')
        .replaceAll('127.0.0.1:9463', exporter);
    for (const file of ['prometheus.yml', 'rules/recording.yml', 'rules/alerts.yml']) {
      writeFileSync(join(folder, file), hurry(readFileSync(join(infra, file), 'utf8')));
    }
    const address = `127.0.0.1:${await freePort()}`;
    const server = new TestProcess(defer, [
      'prometheus',
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=${address}`,
      '--enable-feature=exemplar-storage',
    ]);
    await server.until(/Server is ready to receive web requests/);
    return new PrometheusServer(`http://${address}`);
  }

  /** The present values of an expression. Throws if Prometheus does not accept it. */
  async query(expr: string): Promise<readonly Series[]> {
    const { result } = await this.#get<{ result: readonly Series[] }>('query', { query: expr });
    return result;
  }

  /** Waits until an expression has values. */
  async queryUntilData(expr: string): Promise<readonly Series[]> {
    return eventually(
      async () => {
        const result = await this.query(expr);
        return result.length > 0 ? result : undefined;
      },
      () => `no data for ${expr}`,
    );
  }

  async exemplars(expr: string): Promise<readonly { readonly labels: Readonly<Record<string, string>> }[]> {
    const end = Date.now() / 1000 + 60;
    const query = { query: expr, start: String(end - 600), end: String(end) };
    const series = await this.#get<readonly { exemplars: { labels: Record<string, string> }[] }[]>(
      'query_exemplars',
      query,
    );
    return series.flatMap(({ exemplars }) => exemplars);
  }

  /** Addresses of the active targets of a job that were scraped without error. */
  async healthyTargets(job: string): Promise<readonly string[]> {
    const { activeTargets } = await this.#get<{
      activeTargets: { labels: Record<string, string>; health: string }[];
    }>('targets', { state: 'active' });
    return activeTargets
      .filter(({ labels, health }) => labels['job'] === job && health === 'up')
      .map(({ labels }) => labels['instance'] ?? '');
  }

  async rules(): Promise<readonly RuleState[]> {
    const { groups } = await this.#get<{ groups: { rules: RuleState[] }[] }>('rules', {});
    return groups.flatMap(({ rules }) => rules);
  }

  async #get<T>(endpoint: string, parameters: Readonly<Record<string, string>>): Promise<T> {
    const response = await fetch(`${this.#url}/api/v1/${endpoint}?${new URLSearchParams(parameters)}`);
    const answer = (await response.json()) as { status: string; data: T; error?: string };
    if (answer.status !== 'success') throw new Error(`${parameters['query'] ?? endpoint}: ${answer.error}`);
    return answer.data;
  }
}
