/**
 * What orchestration costs: trials from their submission to their record in the database, on this machine.
 *
 *   node test/benchmarks/orchestration.ts [--trials N] [--concurrency N] [PART…]
 *
 * Prints Markdown. Parts, by default all of them:
 *
 * - `rates`: no-op trials against no-op jobs of bare BullMQ, with a Redis of the same kind and the same concurrency;
 * - `short`: trials of 10 ms on one slot, which computes for 10 ms by the clock, so that all that is beyond is overhead;
 * - `compute`: trials that train a network, about 0.1 s of one processor each, by two worker processes of one slot against
 *   one; and in two bare processes against one, which is what the machine itself allows; the medians of three rounds;
 * - `million`: a million no-op trials: memory, and the time to the first record.
 */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Stack, App } from '../stack.ts';
import { bareSeconds } from './orchestration-bare.ts';
import { runBareBullmq, runSweep, type Outcome } from './orchestration-sweep.ts';
import { residentBytes } from './process-usage.ts';
import { verdictTable, type Requirement } from './verdict-table.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    trials: { type: 'string', default: '20000' },
    concurrency: { type: 'string', default: '50' },
  },
});
const trials = Number(flags.trials);
const measurements: Readonly<Record<string, () => Promise<readonly Requirement[]>>> = {
  rates,
  short,
  compute,
  million,
};
const { version: bullmq } = createRequire(import.meta.url)('bullmq/package.json') as { readonly version: string };
const [redis] = /[\d.]+/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' })) ?? [];
console.log(`Redis ${redis}, BullMQ ${bullmq}, SQLite ${process.versions.sqlite}\n`);
const requirements: Requirement[] = [];
for (const part of positionals.length > 0 ? positionals : Object.keys(measurements)) {
  const measure = measurements[part];
  if (measure === undefined)
    throw new Error(`there is no part "${part}"; there are ${Object.keys(measurements).join(', ')}`);
  requirements.push(...(await measure()));
}
console.log(`\n${verdictTable(requirements)}`);

function inProcess(stack: Stack): readonly App[] {
  const script = join(import.meta.dirname, 'orchestration-runner.ts');
  return [stack.start('runner', { script, args: [flags.concurrency], env: {} })];
}

/** A worker process with so many slots. */
function slots(count: number) {
  return (stack: Stack): readonly App[] => [stack.startWorker(['--slots', String(count)])];
}

/** So many worker processes with one slot each. */
function processes(count: number) {
  return (stack: Stack): readonly App[] =>
    Array.from({ length: count }, () => stack.startWorker(['--slots', '1', '--engine', 'openblas']));
}

function diagnostics(count: number, fixed: string): string {
  const side = Math.ceil(Math.sqrt(count));
  const axes = `axes: { point: { range: { from: 1, to: ${side} } } }`;
  return `experiment: diagnostic\n${axes}\nrepeats: ${Math.ceil(count / side)}\nfixed: { ${fixed} }\n`;
}

async function rates(): Promise<readonly Requirement[]> {
  const many = Number(flags.concurrency);
  const yaml = diagnostics(trials, 'durationMs: 0');
  const bareMany = await runBareBullmq(trials, many);
  const alone = await runSweep({ yaml, maxBatch: 1, workers: inProcess });
  const bareTwo = await runBareBullmq(trials, 2);
  const single = await runSweep({ yaml, maxBatch: 1, workers: slots(2) });
  const batches = await runSweep({ yaml: diagnostics(5 * trials, 'durationMs: 0'), maxBatch: 64, workers: slots(2) });
  console.log('| no-op trials or jobs | per second | processor µs, all processes |\n|---|--:|--:|');
  const row = (name: string, { perSecond, processorMicroseconds }: Outcome) =>
    console.log(`| ${name} | ${Math.round(perSecond)} | ${processorMicroseconds.toFixed(0)} |`);
  row(`bare BullMQ, concurrency ${many}`, bareMany);
  row(`in-process runner, concurrency ${many}, one trial per batch`, alone);
  row('bare BullMQ, concurrency 2', bareTwo);
  row('two child slots, one trial per batch', single);
  row('two child slots, batches of 64', batches);
  const ratio = (ours: Outcome, bare: Outcome) => ours.perSecond / bare.perSecond;
  return [
    {
      what: 'in-process runner, one per batch, to bare BullMQ',
      measured: ratio(alone, bareMany),
      limit: { least: 0.5 },
      unit: '×',
    },
    { what: 'two child slots, one per batch', measured: single.perSecond, limit: { least: 1000 }, unit: '/s' },
    {
      what: 'two child slots, batches of 64, to bare BullMQ',
      measured: ratio(batches, bareTwo),
      limit: { least: 3 },
      unit: '×',
    },
  ];
}

async function short(): Promise<readonly Requirement[]> {
  const yaml = diagnostics(1000, 'durationMs: 10, busy: true');
  const percent = ({ perSecond }: Outcome) => (1000 / perSecond / 10 - 1) * 100;
  const usual = await runSweep({ yaml, workers: slots(1) });
  const single = await runSweep({ yaml, maxBatch: 1, workers: slots(1) });
  console.log(`\nTrials of 10 ms, were there one per batch: ${percent(single).toFixed(1)} % beyond their time.`);
  return [{ what: 'time beyond that of trials of 10 ms', measured: percent(usual), limit: { most: 10 }, unit: '%' }];
}

async function compute(): Promise<readonly Requirement[]> {
  const params = { dataset: 'gaussian', width: 256, samples: 64 };
  const count = 300;
  const yaml = `experiment: wide-training\naxes: { damping: [0] }\nrepeats: ${count}\nfixed: ${JSON.stringify(params)}\n`;
  const rate = async (workers: number) => {
    const { perSecond } = await runSweep({ yaml, workers: processes(workers), byTrials: true });
    return perSecond;
  };
  const rounds: { readonly machine: number; readonly ours: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const one = await rate(1);
    const two = await rate(2);
    const machine = (2 * (await bareSeconds(1, count, params))) / (await bareSeconds(2, count, params));
    rounds.push({ ours: two / one, machine });
  }
  const ours = median(rounds.map((round) => round.ours));
  const ofMachine = median(rounds.map((round) => round.ours / round.machine));
  return [
    { what: 'two compute-bound worker processes, to one', measured: ours, limit: { least: 1.8 }, unit: '×' },
    { what: 'the same, to what two bare processes gain', measured: ofMachine, limit: { least: 0.9 }, unit: '×' },
  ];
}

function median(odd: readonly number[]): number {
  return odd.toSorted((one, other) => one - other)[(odd.length - 1) / 2]!;
}

async function million(): Promise<readonly Requirement[]> {
  const peak = { redis: 0, scheduler: 0 };
  const watch = async (stack: Stack, { process: { pid } }: App) => {
    const redis = Number(/used_memory:(\d+)/.exec(await stack.connection.info('memory'))?.[1]);
    peak.redis = Math.max(peak.redis, redis);
    peak.scheduler = Math.max(peak.scheduler, residentBytes(pid as number));
    await new Promise((resolve) => setTimeout(resolve, 250));
  };
  const yaml = diagnostics(1e6, 'durationMs: 0');
  const { perSecond, firstSeconds } = await runSweep({ yaml, workers: slots(2), watch });
  console.log(`\nA million no-op trials: ${Math.round(perSecond)} per second.`);
  const mib = (bytes: number) => bytes / 2 ** 20;
  return [
    { what: 'a million trials: memory of Redis', measured: mib(peak.redis), limit: { most: 100 }, unit: 'MiB' },
    {
      what: 'a million trials: memory of the scheduler',
      measured: mib(peak.scheduler),
      limit: { most: 300 },
      unit: 'MiB',
    },
    { what: 'a million trials: first record after', measured: firstSeconds, limit: { most: 1 }, unit: 's' },
  ];
}
