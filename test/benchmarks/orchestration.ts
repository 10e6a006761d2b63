/**
 * What orchestration costs: no-op trials from submission to their record in the database, against bare BullMQ with no-op
 * jobs, a Redis of the same kind and the same concurrency, in the same run.
 *
 *   node test/benchmarks/orchestration.ts [--trials N] [--concurrency N] [PART…]
 *
 * Prints Markdown. Parts: `rates` (no-op trials), `compute` (trials that compute for 10 ms: overhead, and what a second
 * slot brings), `million` (a million no-op trials: memory). Default: rates and compute.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Stack, type App } from '../stack.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '50' },
  },
});
const parts = positionals.length > 0 ? positionals : ['rates', 'compute'];
const trials = Number(flags.trials);
const here = import.meta.dirname;

interface Outcome {
  readonly perSecond: number;
  readonly firstSeconds: number;
}

/** No-op jobs, added by one process and taken by another. */
async function bareBullmq(count: number, concurrency: number): Promise<Outcome> {
  const stack = await Stack.start();
  const script = join(here, 'orchestration-bullmq.ts');
  stack.start('work', { script, args: ['work', String(concurrency)], env: {} });
  const redis = stack.connection;
  await waitFor(
    async () => (await redis.client('LIST')) as string,
    (clients) => clients.includes('cmd=bzpopmin'),
  );
  const start = performance.now();
  stack.start('add', { script, args: ['add', String(count)], env: {} });
  const added = async () => Number((await redis.get('bull:bare:id')) ?? 0);
  const left = async () => (await redis.llen('bull:bare:wait')) + (await redis.llen('bull:bare:active'));
  await waitFor(added, (n) => n > 0);
  const first = performance.now();
  await waitFor(
    async () => ((await added()) < count ? 1 : left()),
    (n) => n === 0,
  );
  const end = performance.now();
  await stack.stop();
  return { perSecond: (count / (end - first)) * 1000, firstSeconds: (first - start) / 1000 };
}

interface Sweep {
  readonly trials: number;
  readonly maxBatch: number;
  readonly worker: (stack: Stack) => App;
  /** Default 0: no-op trials. */
  readonly computeMs?: number;
  readonly watch?: (stack: Stack, scheduler: App) => Promise<void>;
}

/** A sweep of no-op trials, each recorded in the database. The rate counts from the first record to the last. */
async function sweep({ trials: count, maxBatch, worker, computeMs = 0, watch }: Sweep): Promise<Outcome> {
  const stack = await Stack.start();
  const scheduler = stack.startScheduler(['--max-batch', String(maxBatch)]);
  worker(stack);
  await waitFor(
    () => stack.connection.exists('natsweep:workers', 'natsweep:scheduler'),
    (n) => n === 2,
  );
  const side = Math.ceil(Math.sqrt(count));
  const axes = `axes: { point: { range: { from: 1, to: ${side} } } }\nrepeats: ${Math.ceil(count / side)}\n`;
  const fixed = `fixed: { durationMs: ${computeMs}, busy: ${computeMs > 0} }\n`;
  const start = performance.now();
  await stack.submit(`name: noop\nexperiment: diagnostic\n${axes}${fixed}`);
  await stack.until('noop', ({ observed }) => observed > 0);
  const first = performance.now();
  let done = false;
  const watching =
    watch === undefined
      ? undefined
      : (async () => {
          while (!done) await watch(stack, scheduler);
        })();
  const { planned } = await stack.until('noop', ({ state }) => state === 'completed');
  const end = performance.now();
  done = true;
  await watching;
  await stack.stop();
  return { perSecond: (planned / (end - first)) * 1000, firstSeconds: (first - start) / 1000 };
}

async function waitFor<T>(read: () => Promise<T>, wanted: (value: T) => boolean): Promise<void> {
  while (!wanted(await read())) await new Promise((resolve) => setTimeout(resolve, 2));
}

const inProcess = (stack: Stack) =>
  stack.start('runner', { script: join(here, 'orchestration-runner.ts'), args: [flags.concurrency], env: {} });
const twoSlots = (stack: Stack) => stack.startWorker(['--slots', '2']);

if (parts.includes('rates')) await rates();
if (parts.includes('compute')) await compute();
if (parts.includes('million')) await million();

async function rates(): Promise<void> {
  const many = Number(flags.concurrency);
  const bareMany = await bareBullmq(trials, many);
  const bareTwo = await bareBullmq(trials, 2);
  const rows: [name: string, measured: Outcome, bare: Outcome][] = [
    [`bare BullMQ, concurrency ${many}`, bareMany, bareMany],
    [
      `in-process runner, concurrency ${many}, 1 trial per batch`,
      await sweep({ trials, maxBatch: 1, worker: inProcess }),
      bareMany,
    ],
    ['bare BullMQ, concurrency 2', bareTwo, bareTwo],
    ['two child slots, 1 trial per batch', await sweep({ trials, maxBatch: 1, worker: twoSlots }), bareTwo],
    ['two child slots, batches of 64', await sweep({ trials: 5 * trials, maxBatch: 64, worker: twoSlots }), bareTwo],
  ];
  console.log('| | per second | against bare BullMQ | first record after |\n|---|--:|--:|--:|');
  for (const [name, { perSecond, firstSeconds }, bare] of rows) {
    const ratio = (perSecond / bare.perSecond).toFixed(2);
    console.log(`| ${name} | ${Math.round(perSecond)} | ${ratio} | ${firstSeconds.toFixed(2)} s |`);
  }
}

/** Both rates come from sweeps of the same length, so that start and end weigh the same in them. */
async function compute(): Promise<void> {
  const slots = (n: number) => (stack: Stack) => stack.startWorker(['--slots', String(n)]);
  const busy = { trials: 1500, maxBatch: 64, computeMs: 10 };
  const one = await sweep({ ...busy, worker: slots(1) });
  const two = await sweep({ ...busy, worker: slots(2) });
  const overhead = 1000 / one.perSecond / busy.computeMs - 1;
  console.log(
    `\nTrials of 10 ms: ${(overhead * 100).toFixed(1)} % overhead on one slot; two slots do ${(two.perSecond / one.perSecond).toFixed(2)} times the work of one.`,
  );
}

async function million(): Promise<void> {
  const peak = { redis: 0, scheduler: 0 };
  const watch = async (stack: Stack, scheduler: App) => {
    const redis = Number(/used_memory:(\d+)/.exec(await stack.connection.info('memory'))?.[1]);
    const status = readFileSync(`/proc/${scheduler.process.pid}/status`, 'utf8');
    peak.redis = Math.max(peak.redis, redis);
    peak.scheduler = Math.max(peak.scheduler, Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024);
    await new Promise((resolve) => setTimeout(resolve, 250));
  };
  const { perSecond } = await sweep({ trials: 1e6, maxBatch: 64, worker: twoSlots, watch });
  const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(0)} MiB`;
  console.log(
    `\nA million trials: ${Math.round(perSecond)} per second; at most ${mib(peak.redis)} in Redis, ${mib(peak.scheduler)} in the scheduler.`,
  );
}
