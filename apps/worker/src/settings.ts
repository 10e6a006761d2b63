import { availableParallelism, hostname } from 'node:os';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { longestLockMs } from '@natsweep/queue';
import { engineChoices, type EngineChoice } from './engine-choice.ts';

export const help = `Usage: node apps/worker/src/main.ts [options]

Takes batches of trials from the queue and runs them, one trial process per slot.

Options:
  --slots WHERE          trial processes at a time: N or cpu:N, gpu:0,1 for one on each of these GPUs, or auto, the
                         default: one per GPU that TensorFlow was set up for, else one per processor
  --engine NAME          ${engineChoices.join(', ')} (default auto)
  --slot-heap MIB        limit of a trial process's JavaScript heap (default: Node's)
  --drain SECONDS        on SIGTERM, how long batches in hand may finish before they are handed back (default 20)
  --lock SECONDS         after how long without a sign of life a batch goes to another worker (default 10,
                         at most 60)
  --metrics HOST:PORT    serve /metrics of the worker process (default: not served; port 0 takes any free one)
  --name NAME            name in the registry of workers (default: host and process id)
  --once                 run the trials that come as JSON lines on standard input, print a result each, and end
  --probe                print which engines and GPUs work here as lines of JSON, and end
  --help                 show this text

Environment: REDIS_URL or NATSWEEP_HOME (where the queue is), NATSWEEP_LOG_LEVEL; NATSWEEP_DATA (a folder that holds
the data sets of the user: cifar10, fashion-mnist); OPENBLAS_NUM_THREADS and TF_NUM_INTRAOP_THREADS (threads of a trial
process on processors, default 1); NATSWEEP_WORKER_METRICS_TOKEN (bearer token that /metrics then demands).

Exit codes: 0 done, 1 a fault, 2 a flag or trial that makes no sense, 3 Redis, the engine or a data set is not to be had.
`;

/** Where a slot's trial process computes. */
export interface SlotPlace {
  readonly name: string;
  /** As in `CUDA_VISIBLE_DEVICES`; undefined: the CPU. */
  readonly gpu?: string;
}

export interface Settings {
  /** Absolute path of natsweep's home directory. */
  readonly home: string;
  readonly name: string;
  readonly slots: readonly SlotPlace[];
  readonly engine: EngineChoice;
  readonly heapMiB: number | undefined;
  readonly drainSeconds: number;
  readonly lockSeconds: number;
  /** Where to serve /metrics of this process; undefined: nowhere. */
  readonly metrics: { readonly host: string; readonly port: number; readonly token: string | undefined } | undefined;
  /** Run the trials of standard input instead of taking batches from the queue. */
  readonly once: boolean;
}

/** A flag that cannot be used; the message names it and gives an example. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/**
 * Flags and environment as settings, or `help` or `probe` if that is what was asked for.
 *
 * @param gpus the GPUs that automatic slots are on
 */
export function readSettings(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  gpus: readonly string[],
): Settings | 'help' | 'probe' {
  const flags = parse(args);
  if (flags.help === true) return 'help';
  if (flags.probe === true) return 'probe';
  const heap = flags['slot-heap'];
  return {
    home: resolve(env['NATSWEEP_HOME'] || '.natsweep'),
    name: workerName(flags.name ?? `${hostname()}-${process.pid}`),
    ...computation(flags.slots ?? 'auto', engine(flags.engine ?? 'auto'), gpus),
    heapMiB: heap === undefined ? undefined : positive('--slot-heap', heap),
    drainSeconds: positive('--drain', flags.drain ?? '20'),
    lockSeconds: lock(flags.lock ?? '10'),
    metrics:
      flags.metrics === undefined
        ? undefined
        : { ...address('--metrics', flags.metrics), token: env['NATSWEEP_WORKER_METRICS_TOKEN'] || undefined },
    once: flags.once === true,
  };
}

function parse(args: readonly string[]) {
  try {
    const options = {
      slots: { type: 'string' },
      engine: { type: 'string' },
      'slot-heap': { type: 'string' },
      drain: { type: 'string' },
      lock: { type: 'string' },
      metrics: { type: 'string' },
      name: { type: 'string' },
      once: { type: 'boolean' },
      probe: { type: 'boolean' },
      help: { type: 'boolean' },
    } as const;
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw new SettingsError(`${(error as Error).message}; see --help`, { cause: error });
  }
}

function computation(
  text: string,
  engine: EngineChoice,
  gpus: readonly string[],
): { slots: readonly SlotPlace[]; engine: EngineChoice } {
  const forGpus = engine === 'auto' || engine === 'tfjs';
  if (text === 'auto' && forGpus && gpus.length > 0) return { slots: gpus.map(gpuSlot), engine };
  const named = /^gpu:(\d+(?:,\d+)*)$/.exec(text)?.[1];
  if (named !== undefined) {
    if (!forGpus) throw new SettingsError(`--slots ${text} needs --engine auto or tfjs, not ${engine}`);
    return { slots: [...new Set(named.split(','))].map(gpuSlot), engine };
  }
  const count = text === 'auto' ? availableParallelism() : Number(/^(?:cpu:)?([1-9]\d{0,3})$/.exec(text)?.[1]);
  if (Number.isNaN(count)) throw new SettingsError(`--slots ${text} is none of auto, a number as 4, cpu:4, or gpu:0,1`);
  return { slots: Array.from({ length: count }, (_, i) => ({ name: `cpu-${i}` })), engine };
}

const gpuSlot = (gpu: string): SlotPlace => ({ name: `gpu-${gpu}`, gpu });

function engine(text: string): EngineChoice {
  const choice = engineChoices.find((known) => known === text);
  if (choice === undefined) throw new SettingsError(`--engine ${text} is none of ${engineChoices.join(', ')}`);
  return choice;
}

function workerName(text: string): string {
  if (text.length < 1 || text.length > 200) throw new SettingsError('--name has from 1 to 200 characters');
  return text;
}

function address(flag: string, text: string): { host: string; port: number } {
  const [, host, port] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(text) ?? [];
  if (host === undefined || Number(port) > 65_535) {
    throw new SettingsError(`${flag} ${text}: give HOST:PORT, for example 127.0.0.1:9464`);
  }
  return { host, port: Number(port) };
}

function lock(text: string): number {
  const seconds = positive('--lock', text);
  if (seconds * 1000 > longestLockMs) throw new SettingsError(`--lock ${text} is more than ${longestLockMs / 1000}`);
  return seconds;
}

function positive(flag: string, text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new SettingsError(`${flag} ${text} is not a positive number`);
  return value;
}
