import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestContext } from 'node:test';
import { declarations } from '@natsweep/catalogue';
import {
  BatchQueue,
  BatchWorker,
  heartbeat,
  readSummary,
  ReportReader,
  ReportSender,
  sendCommand,
  type Command,
  type CommandReply,
  type Delivery,
  type DeliveryOutcome,
  type FailureCause,
  type SweepSummary,
  type TrialFailure,
} from '@natsweep/queue';
import { temporaryRedis, type TemporaryRedis } from '@natsweep/queue/testing';
import { openResults, type ResultsStore } from '@natsweep/results';
import { formatProblem, parseSweepSpec, type AttemptInfo, type Observation, type Trial } from '@natsweep/sweep';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

/** A real Redis and a real database with a scheduler as a process; the test plays the workers. */
export class SchedulerStack {
  readonly redis: TemporaryRedis;
  readonly queue: BatchQueue;
  readonly results: ResultsStore;
  readonly #databaseUrl: string;
  readonly #sender: ReportSender;
  readonly #connection: Awaited<ReturnType<TemporaryRedis['connect']>>;
  readonly #children: ChildProcess[] = [];
  readonly #workers: BatchWorker[] = [];
  readonly #readers: ReportReader[] = [];

  private constructor(
    redis: TemporaryRedis,
    parts: {
      databaseUrl: string;
      queue: BatchQueue;
      results: ResultsStore;
      connection: Awaited<ReturnType<TemporaryRedis['connect']>>;
    },
  ) {
    this.redis = redis;
    this.#databaseUrl = parts.databaseUrl;
    this.queue = parts.queue;
    this.results = parts.results;
    this.#connection = parts.connection;
    this.#sender = new ReportSender(parts.connection, (error) => {
      throw error;
    });
  }

  /** @param databaseUrl default: a SQLite file of its own */
  static async start(t: TestContext, databaseUrl?: string): Promise<SchedulerStack> {
    let stack: SchedulerStack | undefined;
    t.after(() => stack?.close());
    const redis = await temporaryRedis(t);
    const url = databaseUrl ?? `sqlite:${join(redis.home, 'results.sqlite')}`;
    stack = new SchedulerStack(redis, {
      databaseUrl: url,
      queue: await BatchQueue.open(redis.address),
      results: await openResults(url),
      connection: await redis.connect({ onOutage: 'wait' }),
    });
    return stack;
  }

  /** The collector's end of the report stream, closed with the stack. */
  async reader(): Promise<ReportReader> {
    const reader = await ReportReader.open(this.redis.address);
    this.#readers.push(reader);
    return reader;
  }

  schedule(...flags: string[]): ChildProcess {
    const env = {
      ...process.env,
      NATSWEEP_HOME: this.redis.home,
      NATSWEEP_DATABASE_URL: this.#databaseUrl,
      NATSWEEP_LOG_LEVEL: 'silent',
    };
    const child = spawn(process.execPath, [main, ...flags], { env, stdio: ['ignore', 'inherit', 'inherit'] });
    this.#children.push(child);
    return child;
  }

  send(command: Command): Promise<CommandReply> {
    return sendCommand(this.#connection, command);
  }

  /** Submits a sweep of the diagnostic experiment, given as YAML without name and experiment. */
  submit(name: string, yaml: string, commandId: string = randomUUID()): Promise<CommandReply> {
    return this.send({ kind: 'submit', commandId, spec: specOf(name, yaml) });
  }

  command(kind: 'pause' | 'resume' | 'cancel', sweep: string): Promise<CommandReply> {
    return this.send({ kind, commandId: randomUUID(), sweep });
  }

  /** Plays a worker: `run` says how each delivery ends. */
  work(run: (delivery: Delivery) => Promise<DeliveryOutcome>, concurrency = 4): BatchWorker {
    const worker = new BatchWorker(this.#connection, { slot: 'cpu-0', concurrency, onError: () => {}, run });
    this.#workers.push(worker);
    void worker.run();
    return worker;
  }

  /** Announces slots, so that the scheduler's backlog has room for them. */
  async announce(slots: number): Promise<void> {
    const slot = { slot: 'cpu-0', engine: 'reference', device: 'cpu', state: 'idle', trialId: null } as const;
    const gpu = { gpuUtilization: null, gpuMemoryUsedBytes: null, gpuMemoryTotalBytes: null };
    await heartbeat(this.#connection, {
      worker: 'w',
      host: 'h',
      pid: 1,
      version: '0',
      startedAtMs: 0,
      heartbeatAtMs: Date.now(),
      metricsAddress: null,
      slots: Array.from({ length: slots }, () => ({
        ...slot,
        trialsFinished: 0,
        stepsFinished: 0,
        memoryLimitBytes: 2 ** 30,
        ...gpu,
      })),
    });
  }

  /** Reports every trial of a delivery as finished, whatever the clock says after `elapsedSeconds` each. */
  async finish({ batch, trials, attempt }: Delivery, elapsedSeconds = 0.001): Promise<DeliveryOutcome> {
    for (const trial of trials) this.#sender.send(observation(batch.sweep, trial, { attempt, elapsedSeconds }));
    return { kind: 'finished' };
  }

  report(sweep: string, trial: Trial): void {
    this.#sender.send(observation(sweep, trial, { attempt: 1, elapsedSeconds: 0.001 }));
  }

  async flushRedis(): Promise<void> {
    await this.#connection.flushall();
  }

  async redisMemoryBytes(): Promise<number> {
    return Number(/used_memory:(\d+)/.exec(await this.#connection.info('memory'))?.[1]);
  }

  summary(sweep: string): Promise<SweepSummary | undefined> {
    return readSummary(this.#connection, sweep);
  }

  /** Resolves once the summary of the sweep is as wanted. */
  async until(sweep: string, wanted: (summary: SweepSummary) => boolean): Promise<SweepSummary> {
    for (;;) {
      const summary = await this.summary(sweep);
      if (summary !== undefined && wanted(summary)) return summary;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async recordedIndices(sweep: string): Promise<number[]> {
    const indices: number[] = [];
    for await (const index of this.results.recordedIndices(sweep)) indices.push(index);
    return indices.sort((a, b) => a - b);
  }

  async close(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL');
    await Promise.all(this.#workers.map((worker) => worker.close()));
    for (const reader of this.#readers) reader.close();
    await this.queue.close();
    await this.results.close();
  }
}

/** A sweep of so many diagnostic trials as a scheduler stores it. */
export function newSweep(name: string, spec: string, planned: number) {
  return {
    name,
    experiment: 'diagnostic',
    experimentVersion: 1,
    spec,
    planned,
    state: 'running',
    stateReason: null,
    createdAtMs: 0,
    completedAtMs: null,
    commandId: 'c',
  } as const;
}

export function specOf(name: string, yaml: string): string {
  const text = `name: ${name}\nexperiment: diagnostic\n${yaml}`;
  const parsed = parseSweepSpec(text, { file: 'sweep.yaml', experiments: declarations });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  return JSON.stringify(parsed.spec);
}

/** What a worker reports of a trial that has finished. */
export function observation(
  sweep: string,
  { trialId, index, params, seed }: Trial,
  attempt: Pick<AttemptInfo, 'attempt' | 'elapsedSeconds'>,
): Observation {
  return {
    kind: 'observation',
    sweep,
    trialId,
    index,
    params,
    seed,
    attempt: { ...attempt, worker: 'w', slot: 'cpu-0', startedAtMs: 0 },
    outcome: 'converged',
    metrics: { value: index },
    traces: {},
    engine: { engine: 'reference', device: 'cpu', precision: 'float64', threads: 1, versions: {} },
  };
}

/** The axes of a sweep of n trials. */
export const points = (n: number) => `axes: { point: { range: { from: 0, to: ${n - 1} } } }\n`;

export const upTo = (n: number) => Array.from({ length: n }, (_, i) => i);

/** Every trial of the delivery fails. */
export function failWith(delivery: Delivery, cause: Partial<FailureCause>) {
  const { trials, attempt } = delivery;
  const failure: TrialFailure = {
    failure: 'crash',
    message: 'boom',
    logTail: 'last words',
    ...cause,
    attempt: { attempt, worker: 'w', slot: 'cpu-0', startedAtMs: 0, elapsedSeconds: 0 },
  };
  return { kind: 'failed', failures: Object.fromEntries(trials.map(({ trialId }) => [trialId, failure])) } as const;
}
