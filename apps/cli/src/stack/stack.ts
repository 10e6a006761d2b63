import { hostname } from 'node:os';
import { join } from 'node:path';

import {
  connect,
  readWorkers,
  resolveRedis,
  startPrivateRedis,
  stopPrivateRedis,
  type WorkerStatus,
} from '@natsweep/queue';
import { makeFolder } from '@natsweep/results';
import { plural } from '@natsweep/sweep';

import { appEntry, type App, type Environment } from '../environment.ts';
import { CliError, exitCodes, unavailable } from '../exit.ts';
import type { WorkerOptions } from '../options.ts';
import { AppProcess } from './app-process.ts';
import { stopDeadlineMs, stopLeftovers, stopOrder } from './leftovers.ts';
import { identifyProcess } from './process-identity.ts';
import { runningStack, removeStack, writeStack } from './stack-file.ts';

export interface StackOptions extends WorkerOptions {
  /** Where the exporter listens, HOST:PORT; null starts none. */
  readonly metrics: string | null;
  /** A line for the person who watches: a crash, a restart. */
  readonly onNote: (message: string) => void;
}

const readyTimeoutMs = 60_000;
const readyPollMs = 50;
const redisCheckMs = 1_000;

/**
 * A whole natsweep on one machine: a private Redis (unless REDIS_URL names one), scheduler, worker and exporter as child
 * processes, started again when they crash. Stopping drains the workers, lets the scheduler record what they
 * reported, and saves Redis last, so that nothing is lost.
 */
export class Stack {
  readonly #environment: Environment;
  readonly #onNote: (message: string) => void;
  readonly #apps: ReadonlyMap<App, AppProcess>;
  readonly #redisDirectory: string;
  readonly #metrics: string | null;
  readonly #startedAtMs = Date.now();
  #redisPid: number | undefined;
  #redisWatch: NodeJS.Timeout | undefined;
  #redisRestart: Promise<void> | undefined;
  #worker: WorkerStatus | undefined;

  private constructor(environment: Environment, { slots, engine, metrics, onNote }: StackOptions) {
    this.#environment = environment;
    this.#onNote = onNote;
    this.#metrics = metrics;
    this.#redisDirectory = join(environment.home, 'redis');
    // Prometheus finds the port through the exporter
    const workerMetrics = metrics === null ? [] : ['--metrics', '127.0.0.1:0'];
    const apps = new Map([
      ['scheduler', this.#app('scheduler', [])],
      ['worker', this.#app('worker', ['--slots', slots, '--engine', engine, ...workerMetrics])],
    ] as [App, AppProcess][]);
    if (metrics !== null) apps.set('exporter', this.#app('exporter', ['--listen', metrics]));
    this.#apps = apps;
  }

  /** Resolves once a worker takes trials. Throws a `CliError` with the reason if that does not come about. */
  static async start(environment: Environment, options: StackOptions): Promise<Stack> {
    const { home, redisUrl } = environment;
    const running = runningStack(home);
    if (running !== undefined) {
      throw new CliError(
        `A stack is running already in ${home} (process ${running.owner.pid}): "natsweep down" stops it.`,
        exitCodes.negative,
      );
    }
    makeFolder(join(home, 'logs'), 0o700);
    await stopLeftovers(home);
    const stack = new Stack(environment, options);
    try {
      if (redisUrl === undefined) await stack.#startRedis();
      for (const app of stack.#apps.values()) app.start();
      await stack.#whenReady();
      return stack;
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  /** What runs, in one line: "2 slots on openblas, private Redis, metrics at http://127.0.0.1:9463/metrics". */
  describe(): string {
    const slots = this.#worker?.slots ?? [];
    const engines = [...new Set(slots.map(({ engine }) => engine))].join(' and ');
    return [
      `${plural(slots.length, 'slot')} on ${engines}`,
      this.#environment.redisUrl === undefined ? 'private Redis' : 'Redis of REDIS_URL',
      ...(this.#metrics === null ? [] : [`metrics at http://${this.#metrics}/metrics`]),
    ].join(', ');
  }

  /** Workers first, then the scheduler, which records their last observations, then the exporter and Redis. */
  async stop(): Promise<void> {
    clearInterval(this.#redisWatch);
    for (const name of stopOrder) {
      const inOrder = await this.#apps.get(name)?.stop(stopDeadlineMs);
      if (inOrder === false) this.#onNote(`${name} did not end within ${stopDeadlineMs / 1000} s and was killed.`);
    }
    await this.#redisRestart;
    if (this.#redisPid !== undefined) await stopPrivateRedis(this.#redisDirectory);
    removeStack(this.#environment.home);
  }

  /** Makes a stop under way quicker: the worker hands its trials back instead of finishing them. */
  hurry(): void {
    this.#apps.get('worker')!.signal('SIGTERM');
  }

  #app(name: App, args: readonly string[]): AppProcess {
    const { home, databaseUrl, variables } = this.#environment;
    return new AppProcess({
      name,
      entry: appEntry(name),
      args,
      env: { ...variables, NATSWEEP_HOME: home, NATSWEEP_DATABASE_URL: databaseUrl },
      logFile: join(home, 'logs', `${name}.log`),
      onStart: () => this.#writeDown(),
      onCrash: (message) => {
        if (this.#worker !== undefined) this.#onNote(message);
      },
    });
  }

  async #startRedis(): Promise<void> {
    this.#redisPid = (await startPrivateRedis(this.#redisDirectory)).pid;
    this.#redisWatch = setInterval(() => {
      if (this.#redisRestart !== undefined || identifyProcess(this.#redisPid!) !== undefined) return;
      this.#onNote('Redis ended; starting it again.');
      this.#redisRestart = this.#restartRedis();
    }, redisCheckMs);
  }

  async #restartRedis(): Promise<void> {
    try {
      this.#redisPid = (await startPrivateRedis(this.#redisDirectory)).pid;
    } catch (error) {
      this.#onNote((error as Error).message);
    } finally {
      this.#redisRestart = undefined;
    }
  }

  /** The worker is the last to be there: it announces itself when its trial processes have started. */
  async #whenReady(): Promise<void> {
    const { home, variables } = this.#environment;
    const connection = await connect(resolveRedis({ home, env: variables }));
    try {
      for (let waitedMs = 0; waitedMs < readyTimeoutMs; waitedMs += readyPollMs) {
        for (const name of ['scheduler', 'worker'] as const) {
          const crash = this.#apps.get(name)!.lastCrash;
          if (crash !== undefined) throw unavailable(`${crash} (log: ${join(home, 'logs', `${name}.log`)})`);
        }
        const pid = this.#apps.get('worker')!.identity?.pid;
        this.#worker = (await readWorkers(connection)).find(
          (worker) => worker.pid === pid && worker.host === hostname(),
        );
        if (this.#worker !== undefined) return;
        await new Promise((resolve) => setTimeout(resolve, readyPollMs));
      }
    } finally {
      connection.disconnect();
    }
    throw unavailable(`No worker was ready within ${readyTimeoutMs / 1000} s: look into ${join(home, 'logs')}.`);
  }

  #writeDown(): void {
    const running = [...this.#apps.values()].flatMap(({ name, identity }) => (identity ? [[name, identity]] : []));
    writeStack(this.#environment.home, {
      owner: identifyProcess(process.pid)!,
      apps: Object.fromEntries(running),
      startedAtMs: this.#startedAtMs,
    });
  }
}
