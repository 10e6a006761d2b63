import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FailureCause } from '@natsweep/queue';
import type { EngineInfo, Trial } from '@natsweep/sweep';
import type { EngineChoice } from './engine-choice.ts';
import { classifyExit, countOutOfMemoryKills } from './failure-class.ts';
import { LogTail } from './log-tail.ts';
import { after } from './long-timer.ts';
import { killGroup } from './process-group.ts';
import { engineVariable, gpuVariable, type Reply, type Request, type Results, type Wear } from './protocol.ts';
import { longestHoldMs } from './result-outbox.ts';

/** The trial process could not start: its engine is not to be had (`engine`), or it died or hung before it was ready (`crash`). */
export class TrialProcessError extends Error {
  override readonly name = 'TrialProcessError';
  readonly code: 'engine' | 'crash';

  constructor(code: 'engine' | 'crash', message: string) {
    super(message);
    this.code = code;
  }
}

export interface TrialChildOptions {
  readonly engine: EngineChoice;
  /** The one GPU that the process sees, as in `CUDA_VISIBLE_DEVICES`. Default: none. */
  readonly gpu?: string | undefined;
  /** Limit of the JavaScript heap, in MiB. Default: Node's own. */
  readonly heapMiB?: number | undefined;
  /**
   * A process that is not ready by then is killed. Default 300,000: TensorFlow on a GPU takes a minute where its library is read
   * over a network.
   */
  readonly readyWithinMs?: number;
}

export interface RunOptions {
  /** The process is killed under a trial that runs longer. */
  readonly trialTimeoutSeconds: number;
  /** Whether the trials are one computation, which has the time of all that are left; else they run one after the other. */
  readonly together: boolean;
  readonly onFinished: (results: Results) => void;
  readonly onProgress: (trialId: string, stepsDone: number) => void;
}

/** `failed`: the process is gone or must not be used again. */
export type RunEnd = ({ readonly kind: 'done' } & Wear) | ({ readonly kind: 'failed' } & FailureCause);

/** A trial process seen from its slot. */
export class TrialChild {
  readonly engine: EngineInfo;
  readonly #process: ChildProcess;
  readonly #tail: LogTail;
  /** To read it takes the kernel longer than a short trial: it is read once, not for every run. */
  readonly #killsBefore = countOutOfMemoryKills();

  private constructor(process: ChildProcess, tail: LogTail, engine: EngineInfo) {
    this.#process = process;
    this.#tail = tail;
    this.engine = engine;
  }

  /** Resolves when the process is ready to run trials; throws `TrialProcessError`, also when `signal` ends it before. */
  static async start(options: TrialChildOptions, signal?: AbortSignal): Promise<TrialChild> {
    const { engine, gpu, heapMiB, readyWithinMs = 300_000 } = options;
    const child = fork(fileURLToPath(new URL('./trial-process.ts', import.meta.url)), {
      // a group of its own, so that what an experiment starts ends with it
      detached: true,
      env: {
        OPENBLAS_NUM_THREADS: '1',
        ...withoutSecrets(process.env),
        [engineVariable]: engine,
        // Without it CUDA puts the fastest GPU first, and numbers mean other GPUs than they do to nvidia-smi.
        CUDA_DEVICE_ORDER: 'PCI_BUS_ID',
        CUDA_VISIBLE_DEVICES: gpu ?? '-1',
        ...(gpu === undefined ? {} : { [gpuVariable]: gpu }),
      },
      execArgv: heapMiB === undefined ? [] : [`--max-old-space-size=${heapMiB}`],
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    child.once('exit', () => killGroup(child.pid));
    const tail = new LogTail();
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => tail.append(chunk));
    }
    const tooLate = AbortSignal.timeout(readyWithinMs);
    const reply = await firstReply(child, signal === undefined ? tooLate : AbortSignal.any([signal, tooLate]));
    if (reply?.kind === 'ready') return new TrialChild(child, tail, reply.engine);
    killGroup(child.pid);
    if (reply?.kind === 'unusable') throw new TrialProcessError('engine', reply.message);
    const what = tooLate.aborted
      ? `was not ready within ${readyWithinMs / 1000} s and was killed`
      : 'ended as it started';
    throw new TrialProcessError('crash', `the trial process ${what}: ${tail.text}`);
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  get alive(): boolean {
    return this.#process.exitCode === null && this.#process.signalCode === null && this.#process.connected;
  }

  /** Runs trials together. Whatever happens to the process is a value; trials reported finished before it are. */
  run(trials: readonly Trial[], options: RunOptions): Promise<RunEnd> {
    const { promise, resolve } = Promise.withResolvers<RunEnd>();
    const { trialTimeoutSeconds, together } = options;
    let left = trials.length;
    let timedOut = false;
    let stopTimer = () => {};
    const restartTimer = () => {
      stopTimer();
      const limitMs = trialTimeoutSeconds * 1000 * (together ? Math.max(1, left) : 1);
      // the trial under way may have begun that much later than the last result was told
      stopTimer = after(limitMs + longestHoldMs, () => {
        timedOut = true;
        this.kill();
      });
    };
    const onMessage = (reply: Reply) => {
      switch (reply.kind) {
        case 'finished':
          left -= reply.trials.length;
          restartTimer();
          return options.onFinished(reply);
        case 'progress':
          return options.onProgress(reply.trialId, reply.stepsDone);
        case 'done': {
          const { kind, memoryBytes, tensorHandles } = reply;
          options.onFinished(reply);
          return end({ kind, memoryBytes, tensorHandles });
        }
        case 'failed':
          this.kill();
          return end({ ...reply, logTail: `${this.#tail.text}\n${reply.logTail}`.trim() });
        case 'ready':
        case 'unusable':
      }
    };
    // `close` comes after the last output, so that the tail is whole.
    const onClose = (code: number | null, signal: string | null) => {
      const logTail = this.#tail.text;
      if (timedOut) {
        const message =
          together && left > 1
            ? `${left} trials in one computation ran longer than their limit of ${trialTimeoutSeconds} s each and were killed`
            : `the trial ran longer than its limit of ${trialTimeoutSeconds} s and was killed`;
        return end({ kind: 'failed', failure: 'timeout', message, logTail });
      }
      const outOfMemoryKill = countOutOfMemoryKills() > this.#killsBefore;
      end({ kind: 'failed', ...classifyExit({ code, signal, logTail, outOfMemoryKill }), logTail });
    };
    const end = (result: RunEnd) => {
      stopTimer();
      this.#process.off('message', onMessage).off('close', onClose);
      resolve(result);
    };

    this.#tail.clear();
    this.#process.on('message', onMessage).on('close', onClose);
    restartTimer();
    this.#send({ kind: 'run', trials });
    return promise;
  }

  /** Asks the running experiment to stop at its next step. */
  abort(): void {
    this.#send({ kind: 'abort' });
  }

  /** Ends the process and every process that it has started. */
  kill(): void {
    killGroup(this.#process.pid);
  }

  #send(request: Request): void {
    // A process that has just died rejects the message; its `close` event tells the rest.
    this.#process.send(request, () => {});
  }
}

/** Undefined if the process ends before it says anything, or the signal comes first. */
function firstReply(child: ChildProcess, signal: AbortSignal): Promise<Reply | undefined> {
  return new Promise((resolve) => {
    child.once('message', (reply: Reply) => resolve(reply));
    for (const event of ['close', 'error']) child.once(event, () => resolve(undefined));
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

/** What a trial computes needs no access to Redis, the database or the metrics; nor does what it writes on its last line. */
const secretVariables = [
  'REDIS_URL',
  'NATSWEEP_DATABASE_URL',
  'NATSWEEP_EXPORTER_TOKEN',
  'NATSWEEP_WORKER_METRICS_TOKEN',
  'PGPASSWORD',
];

function withoutSecrets(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !secretVariables.includes(name)));
}
