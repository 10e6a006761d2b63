import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { declarations } from '@natsweep/catalogue';
import {
  connect,
  readSummary,
  sendCommand,
  startPrivateRedis,
  type PrivateRedis,
  type RedisConnection,
  type SweepSummary,
} from '@natsweep/queue';
import { formatProblem, parseSweepSpec } from '@natsweep/sweep';
import { whereItStands } from './hung-process.ts';

const root = resolve(import.meta.dirname, '..');
/** Twice what an app takes at most that has been asked to end. */
const longestEndMs = 60_000;

/** A process that a stack started: kill it, suspend it, wait for its end. */
export interface App {
  readonly name: string;
  readonly process: ChildProcess;
  readonly ended: Promise<void>;
}

export interface StartOptions {
  readonly script: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  /** A program, with its arguments, that becomes the process it is given to start. */
  readonly launcher?: readonly string[];
}

/** A private Redis, and schedulers and workers as processes, in a home of their own; for suites that drive them. */
export class Stack {
  readonly home = mkdtempSync(join(tmpdir(), 'natsweep-stack-'));
  redis!: PrivateRedis;
  connection!: RedisConnection;
  readonly #apps = new Set<App>();

  /** `furnish` is given the home before anything runs in it. */
  static async start(furnish: (home: string) => void = () => {}): Promise<Stack> {
    const stack = new Stack();
    furnish(stack.home);
    await stack.startRedis();
    stack.connection = await connect(stack.redis.address, { onOutage: 'wait' });
    return stack;
  }

  get databaseUrl(): string {
    return `sqlite:${join(this.home, 'results.sqlite')}`;
  }

  /** Starts Redis, or starts it again with its data and at its old address. */
  async startRedis(): Promise<void> {
    this.redis = await startPrivateRedis(join(this.home, 'redis'));
  }

  startScheduler(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): App {
    return this.start('scheduler', { script: join(root, 'apps/scheduler/src/main.ts'), args, env });
  }

  startWorker(args: readonly string[] = [], env: NodeJS.ProcessEnv = {}, launcher: readonly string[] = []): App {
    const script = join(root, 'apps/worker/src/main.ts');
    return this.start('worker', { script, args: ['--engine', 'reference', ...args], env, launcher });
  }

  /** Starts a script of this repository, behind a launcher if one is given; what it writes goes to a log in the home. */
  start(name: string, { script, args, env, launcher = [] }: StartOptions): App {
    const log = openSync(join(this.home, `${name}.log`), 'a');
    const [program, ...rest] = [...launcher, process.execPath, script, ...args] as [string, ...string[]];
    const child = spawn(program, rest, {
      env: { ...process.env, NATSWEEP_HOME: this.home, NATSWEEP_LOG_LEVEL: 'warn', ...env },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.once('exit', (code) => {
      if (code)
        console.error(`${name} ended with code ${code}:\n${readFileSync(join(this.home, `${name}.log`), 'utf8')}`);
    });
    const app = { name, process: child, ended };
    this.#apps.add(app);
    void ended.then(() => this.#apps.delete(app));
    return app;
  }

  /** Submits a sweep, given as YAML; throws what the scheduler refuses. */
  async submit(yaml: string): Promise<void> {
    const parsed = parseSweepSpec(yaml, { file: 'sweep.yaml', experiments: declarations });
    if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
    const command = { kind: 'submit', commandId: randomUUID(), spec: JSON.stringify(parsed.spec) } as const;
    const reply = await sendCommand(this.connection, command, { timeoutMs: 60_000 });
    if (!reply.ok) throw new Error(reply.message);
  }

  summary(sweep: string): Promise<SweepSummary | undefined> {
    return readSummary(this.connection, sweep);
  }

  /** Resolves once the summary of the sweep is as wanted; to look costs processor time that a benchmark may spare. */
  async until(sweep: string, wanted: (summary: SweepSummary) => boolean, pollMs = 5): Promise<SweepSummary> {
    for (;;) {
      const summary = await this.summary(sweep);
      if (summary !== undefined && wanted(summary)) return summary;
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  }

  /**
   * Ends every process, then does what `afterwards` says, and removes the home. Rejects, when all that is done, if one did not
   * end when it was asked to.
   */
  async stop(afterwards: () => void = () => {}): Promise<void> {
    const hung = (await Promise.all([...this.#apps].map(end))).filter((found) => found !== undefined);
    this.connection.disconnect();
    await this.redis.stop();
    afterwards();
    rmSync(this.home, { recursive: true });
    if (hung.length > 0) throw new Error(`did not end within ${longestEndMs / 1000} s: ${hung.join('\n')}`);
  }
}

/** Asks a process to end, and ends it after a while. @returns Where it stood, if that was necessary. */
async function end({ name, process: child, ended }: App): Promise<string | undefined> {
  child.kill('SIGCONT');
  child.kill('SIGTERM');
  let stood: string | undefined;
  const timer = setTimeout(() => {
    stood = `${name} ${child.pid}\n${whereItStands(child.pid as number)}`;
    child.kill('SIGKILL');
  }, longestEndMs);
  await ended;
  clearTimeout(timer);
  return stood;
}
