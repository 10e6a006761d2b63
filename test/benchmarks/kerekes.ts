/**
 * What batching gains in the deep-linear experiments, and how long the sweep of Kerekes et al. 2021, Fig. 4 takes at the paper's
 * size (D = 1000, three seeds).
 *
 *   node test/benchmarks/kerekes.ts [--batching] [--sweep] [--full] [--slots N]
 *
 * `--sweep` times a few steps of every batch of the sweep and extrapolates, `--full` runs every step. Prints Markdown tables.
 * Times are of the wall clock: run it on an idle machine.
 */
import { parseArgs } from 'node:util';
import { declarations, namedSweepText, sparseClassification as declaration } from '@natsweep/catalogue';
import { findExperiment } from '@natsweep/experiments';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { createGrid, parseSweepSpec, type Parameters, type Trial } from '@natsweep/sweep';

const { values: flags } = parseArgs({
  options: {
    batching: { type: 'boolean', default: false },
    sweep: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
    slots: { type: 'string', default: '2' },
  },
});
const both = !flags.batching && !flags.sweep && !flags.full;
const slots = Number(flags.slots);
const engine = createOpenblasEngine();
const experiment = findExperiment('sparse-classification')!;

interface Run {
  readonly params: Parameters;
  readonly seed: number;
}

/** Seconds that a batch takes. */
async function time(runs: readonly Run[]): Promise<number> {
  const trials = runs.map(({ params, seed }, index) => ({
    trialId: String(index),
    params: declaration.parameters.parse(params),
    seed,
  }));
  const signal = new AbortController().signal;
  const begun = performance.now();
  for await (const _ of experiment.run(trials, { engine, signal, progress: () => {} }));
  return (performance.now() - begun) / 1000;
}

async function reportBatching(): Promise<void> {
  console.log('\nOne batch against the same trials one by one (D = 50, N = 40, 500 steps; ms per trial)\n');
  console.log('| method | depth | trials | one by one | as a batch | gain |');
  console.log('|---|---|---|---|---|---|');
  for (const [method, depth, steps] of [
    ['egd', 1, 500],
    ['egd', 3, 500],
    ['ngd', 1, 500],
    ['ngd-population', 1, 500],
  ] as const)
    for (const seeds of [4, 32]) {
      const scales = [0.05, 0.1, 0.2, 0.4];
      const runs = Array.from({ length: seeds * scales.length }, (_, index) => ({
        params: { dimension: 50, nonZero: 5, samples: 40, method, depth, steps, initialScale: scales[index % 4]! },
        seed: Math.floor(index / 4),
      }));
      const sample = runs.slice(0, 8);
      await time(sample);
      let alone = 0;
      for (const run of sample) alone += await time([run]);
      const together = await time(runs);
      const perTrial = [(1000 * alone) / sample.length, (1000 * together) / runs.length] as const;
      console.log(
        `| ${method} | ${depth} | ${runs.length} | ${perTrial[0].toFixed(1)} | ${perTrial[1].toFixed(1)} | ` +
          `${(perTrial[0] / perTrial[1]).toFixed(1)} × |`,
      );
    }
}

/** The batches of the sweep at the paper's size: trials that share structural parameters. */
function paperBatches(): readonly (readonly Trial[])[] {
  const name = 'kerekes-fig4';
  const options = { file: `${name}.yaml`, experiments: declarations, size: 'paper' } as const;
  const parsed = parseSweepSpec(namedSweepText(name)!, options);
  if (!parsed.ok) throw new Error(`${name}: ${parsed.problems.map(({ message }) => message).join('; ')}`);
  const grid = createGrid(parsed.spec, declaration);
  const indices = Array.from({ length: grid.size }, (_, index) => index);
  return [...Map.groupBy(indices, (index) => grid.structuralKey(index)).values()].map((group) =>
    group.map((index) => grid.trial(index)),
  );
}

/** Seconds for a batch, from two runs of a few steps each. */
async function extrapolate(trials: readonly Trial[]): Promise<number> {
  const steps = Number(trials[0]!.params['steps']);
  const [few, more] = steps > 50 ? ([10, 30] as const) : ([1, 3] as const);
  const withSteps = (count: number) =>
    time(trials.map(({ params, seed }) => ({ params: { ...params, steps: count }, seed })));
  const [short, long] = [await withSteps(few), await withSteps(more)];
  return short + ((steps - few) * Math.max(0, long - short)) / (more - few);
}

async function reportSweep(): Promise<void> {
  console.log(`\nkerekes-fig4 at size paper, ${flags.full ? 'every step' : 'extrapolated'} (seconds, all seeds)\n`);
  console.log('| method | depth | seconds |');
  console.log('|---|---|---|');
  let total = 0;
  const arms = Map.groupBy(paperBatches(), ([first]) => `${first!.params['method']} | ${first!.params['depth']}`);
  for (const [arm, batches] of arms) {
    let seconds = 0;
    for (const trials of batches) seconds += flags.full ? await time(trials) : await extrapolate(trials);
    console.log(`| ${arm} | ${seconds.toFixed(0)} |`);
    total += seconds;
  }
  console.log(`\n${total.toFixed(0)} s in one slot, ${(total / slots / 60).toFixed(1)} minutes in ${slots}`);
}

if (flags.batching || both) await reportBatching();
if (flags.sweep || flags.full || both) await reportSweep();
