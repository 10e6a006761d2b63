/**
 * What batching gains in the deep-linear experiments, and how long the sweep of Kerekes et al. 2021, Fig. 4 takes at the paper's
 * size (D = 1000, three seeds) on two cores, against a limit of 30 minutes.
 *
 *   node test/benchmarks/kerekes.ts [--batching] [--sweep NAME] [--size SIZE] [--full] [--slots N] [--clock wall|cpu]
 *
 * The sweep is timed in as many processes as there are slots, which work side by side and take the next batch when they are
 * free, the longest kinds first. Every batch (the trials that share what shapes the computation) runs for some of its steps; its
 * whole time is extrapolated linearly in the number of steps. One batch of each arm of at most 2,000 steps runs to its end as
 * well, and the table says how far its extrapolation was off. Trials that end before their last step make an extrapolation an
 * upper bound. `--full` runs every batch to its end and extrapolates nothing, which takes as long as the sweep: some ten minutes on
 * two idle cores. Starting processes, queue and database are not in it.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { declarations, findDeclaration, namedSweepText } from '@natsweep/catalogue';
import { createGrid, parseSweepSpec, type Parameters, type Trial } from '@natsweep/sweep';
import type { Batch, BatchTiming } from './kerekes-slot.ts';

const { values: flags } = parseArgs({
  options: {
    batching: { type: 'boolean', default: false },
    sweep: { type: 'string' },
    size: { type: 'string', default: 'paper' },
    full: { type: 'boolean', default: false },
    slots: { type: 'string', default: '2' },
    clock: { type: 'string', default: 'wall' },
  },
});
const LIMIT_MINUTES = 30;
const SAMPLE_SECONDS = 0.4;
const sweep = flags.sweep ?? 'kerekes-fig4';
const both = !flags.batching && flags.sweep === undefined;

const slots = Array.from({ length: Number(flags.slots) }, () => fork(join(import.meta.dirname, 'kerekes-slot.ts')));
if (flags.batching || both) await reportBatching(slots[0]!);
if (!flags.batching || both) await reportSweep();
for (const slot of slots) slot.disconnect();

async function time(slot: ChildProcess, batch: Batch): Promise<BatchTiming> {
  const ended = once(slot, 'message') as Promise<[BatchTiming]>;
  slot.send(batch);
  return (await ended)[0];
}

async function reportBatching(slot: ChildProcess): Promise<void> {
  const sizes = [1, 8, 64];
  console.log(
    '\nProcessor milliseconds per trial in batches of 1, 8 and 64 trials (seeds and starts; shortest of 3 rounds)\n',
  );
  console.log(`| trials | ${sizes.map((size) => `batch of ${size}`).join(' | ')} | gain of ${sizes.at(-1)} |`);
  console.log(`|---|${sizes.map(() => '---:').join('|')}|---:|`);
  const sparse = { dimension: 50, nonZero: 5, samples: 40, steps: 300 };
  const completion = { size: 30, rank: 2, observations: 300, steps: 200, targetError: 1e-9 };
  const kinds: readonly (readonly [title: string, experiment: string, params: Parameters])[] = [
    ['sparse separators, D = 50: EGD, L = 1', 'sparse-classification', { ...sparse, depth: 1 }],
    ['EGD, L = 3', 'sparse-classification', { ...sparse, depth: 3 }],
    ['EGD, L = 3, constant steps', 'sparse-classification', { ...sparse, depth: 3, stepRule: 'constant' }],
    ['NGD, L = 1, N < D', 'sparse-classification', { ...sparse, method: 'ngd' }],
    ['NGD, population Fisher', 'sparse-classification', { ...sparse, method: 'ngd-population' }],
    ['matrix completion, n = 30: EGD, L = 3', 'matrix-completion', { ...completion, depth: 3 }],
    ['planar toy: EGD, L = 2', 'planar-classification', { depth: 2, steps: 300 }],
  ];
  for (const [title, experiment, params] of kinds) {
    const best = sizes.map(() => Infinity);
    for (let round = 0; round < 3; round++)
      for (const [i, size] of sizes.entries()) {
        const trials = Array.from({ length: size }, (_, index) => ({
          params: { ...params, initialScale: 0.05 * (1 + (index % 8)) },
          seed: Math.floor(index / 8),
        }));
        const { processorSeconds } = await time(slot, { experiment, trials });
        best[i] = Math.min(best[i]!, (1000 * processorSeconds) / size);
      }
    const columns = best.map((ms) => ms.toPrecision(3)).join(' | ');
    console.log(`| ${title} | ${columns} | ${(best[0]! / best.at(-1)!).toFixed(1)} × |`);
  }
}

interface Group {
  readonly arm: string;
  readonly experiment: string;
  readonly trials: readonly Trial[];
  /** Whether it runs to its end besides, to check the extrapolation. */
  readonly isChecked: boolean;
}

/** The batches of the sweep: trials that share structural parameters. An arm is what differs in more than the data's size. */
function groupsOf(): Group[] {
  const options = { file: `${sweep}.yaml`, experiments: declarations, size: flags.size as 'paper' };
  const parsed = parseSweepSpec(namedSweepText(sweep)!, options);
  if (!parsed.ok) throw new Error(`${sweep}: ${parsed.problems.map(({ message }) => message).join('; ')}`);
  const grid = createGrid(parsed.spec, findDeclaration(parsed.spec.experiment)!);
  const indices = Array.from({ length: grid.size }, (_, index) => index);
  const batches = [...Map.groupBy(indices, (index) => grid.structuralKey(index)).values()];
  const varying = ['method', 'depth', 'stepRule', 'start', 'naturalRule', 'kroneckerSolver', 'fisher', 'steps'];
  const seen = new Set<string>();
  return batches.map((batch) => {
    const trials = batch.map((index) => grid.trial(index));
    const { params } = trials[0]!;
    const arm = varying.flatMap((name) => (name in params ? [String(params[name])] : [])).join(' ');
    const isChecked = !seen.has(arm) && stepsOf(trials) <= 2000;
    seen.add(arm);
    return { arm, experiment: parsed.spec.experiment, trials, isChecked };
  });
}

function stepsOf(trials: readonly Trial[]): number {
  return Number(trials[0]!.params['steps']);
}

interface Timed extends Group {
  readonly seconds: number;
  /** Measured over extrapolated, for a batch that was run to its end as well. */
  readonly check: number | undefined;
}

/**
 * Runs three times as many steps until a run takes `SAMPLE_SECONDS`, and extrapolates from the last two; a batch that comes to its
 * last step before has been measured.
 */
async function timeGroup(slot: ChildProcess, group: Group): Promise<Timed> {
  const { experiment, trials } = group;
  const steps = stepsOf(trials);
  const run = async (count: number) => {
    const shortened = trials.map(({ params, seed }) => ({ params: { ...params, steps: count }, seed }));
    const timing = await time(slot, { experiment, trials: shortened });
    return flags.clock === 'cpu' ? timing.processorSeconds : timing.wallSeconds;
  };
  if (flags.full) return { ...group, seconds: await run(steps), check: undefined };
  let [few, more] = [0, 1];
  let [short, long] = [0, await run(more)];
  while (more < steps && (long < SAMPLE_SECONDS || few === 0)) {
    [few, more] = [more, Math.min(3 * more, steps)];
    [short, long] = [long, await run(more)];
  }
  const seconds = long + ((steps - more) * Math.max(0, long - short)) / (more - few);
  const isSampled = more < steps && group.isChecked;
  return { ...group, seconds, check: isSampled ? (await run(steps)) / seconds : undefined };
}

async function reportSweep(): Promise<void> {
  const groups = groupsOf();
  // a slot's first batch pays for compiling what all share
  await Promise.all(slots.map((slot) => timeGroup(slot, groups[0]!)));
  const waiting = groups.toSorted((a, b) => costOf(b) - costOf(a));
  const timed: Timed[] = [];
  const begun = performance.now();
  await Promise.all(
    slots.map(async (slot) => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift())
        timed.push(await timeGroup(slot, next));
    }),
  );
  const trials = groups.reduce((sum, group) => sum + group.trials.length, 0);
  console.log(
    `\n${sweep} at size ${flags.size}: ${trials} trials in ${groups.length} batches, ${slots.length} side by side\n`,
  );
  console.log(`| arm | batches | seconds | ${flags.full ? '' : 'measured / extrapolated |'}`);
  console.log(`|---|---:|---:|${flags.full ? '' : '---:|'}`);
  for (const [arm, own] of Map.groupBy(timed, ({ arm }) => arm)) {
    const checks = own.flatMap(({ check }) => (check === undefined ? [] : [check.toFixed(2)]));
    console.log(`| ${arm} | ${own.length} | ${total(own).toFixed(0)} | ${flags.full ? '' : `${checks.join(', ')} |`}`);
  }
  const isWhole = flags.full && flags.clock === 'wall';
  const minutes = (isWhole ? (performance.now() - begun) / 1000 : makespan(timed)) / 60;
  const verdict = minutes <= LIMIT_MINUTES ? 'kept' : 'missed';
  console.log(
    `\n${total(timed).toFixed(0)} s of slots, ${flags.full ? 'every step run' : 'extrapolated in the number of steps'};`,
  );
  console.log(`${minutes.toFixed(1)} minutes in ${slots.length} slots. Limit of ${LIMIT_MINUTES} minutes: ${verdict}.`);
}

function total(timed: readonly Timed[]): number {
  return timed.reduce((sum, { seconds }) => sum + seconds, 0);
}

/** A guess that orders batches: input values times steps. */
function costOf({ trials }: Group): number {
  const { samples = 1, dimension = 1, size = 1 } = trials[0]!.params as Record<string, number>;
  return trials.length * samples * dimension * size ** 3 * stepsOf(trials);
}

/** When the last of as many slots as there are ends, if each takes the longest batch that waits. */
function makespan(timed: readonly Timed[]): number {
  const busyUntil = slots.map(() => 0);
  for (const { seconds } of timed.toSorted((a, b) => b.seconds - a.seconds))
    busyUntil[busyUntil.indexOf(Math.min(...busyUntil))]! += seconds;
  return Math.max(...busyUntil);
}
