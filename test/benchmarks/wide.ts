/**
 * Times one step of every natural gradient rule for wide networks, and the kernels of infinitely wide ones, against the same
 * algorithm written in PyTorch: float64, the same number of threads, taking turns in the same run.
 *
 *   node test/benchmarks/wide.ts [--threads N] [--clock wall|cpu] [--python PATH] [--rounds N] [--large] [TASK…]
 *
 * Prints Markdown tables of the shortest times; a ratio of 2 means that natsweep takes half of PyTorch's time. --large adds
 * the kernel of 10,000 samples. What a step does to the weights is compared too, and a difference ends the run. The peer is
 * peers/wide.py; without Python and torch the times of natsweep alone are printed.
 */
import { parseArgs } from 'node:util';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { Peer } from './linalg-peer.ts';
import { milliseconds, secondsNow, shortestTimes } from './timing.ts';
import type { Contender } from './timing.ts';
import { kernelTask, stepTasks } from './wide-steps.ts';
import type { Task } from './wide-steps.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    clock: { type: 'string', default: 'wall' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
    large: { type: 'boolean', default: false },
  },
});
const threads = Number(flags.threads);
const rounds = Number(flags.rounds);

const peer = await Peer.start('torch', flags.python, { script: 'wide.py', threads, clock: flags.clock });
const { device, versions } = createOpenblasEngine({ threads }).info();
const libraries = Object.entries(versions).map(([library, version]) => `${library} ${version}`);
console.log(`${device}, ${threads} thread(s), ${flags.clock} time: ${libraries.join(', ')}, Node ${process.version}`);
console.log(
  peer === undefined
    ? `Skipped torch: not importable by ${flags.python} (choose another with --python)`
    : `Peer: torch ${peer.version}`,
);

// first, because a process's peak memory never falls
const kernels = (flags.large ? [2000, 10_000] : [2000]).map(kernelTask);
await table('Analytic kernels (N; L = 3, ReLU), with the peak memory of the whole process', kernels, true);
await table('One step (N, M; L = 3, ReLU with biases)', stepTasks(100, [256, 1024]), false);
await peer?.stop();

async function table(caption: string, tasks: readonly Task[], withMemory: boolean): Promise<void> {
  const chosen = tasks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0) return;
  const memory = withMemory ? ['MiB', ...(peer === undefined ? [] : ['torch MiB'])] : [];
  const columns = ['task', 'size', 'ms', ...(peer === undefined ? [] : ['torch ms', 'torch ÷ ours']), ...memory];
  console.log(`\n${caption}\n\n| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`);
  for (const task of chosen) {
    await peer?.prepare(task.name, task.sizes);
    const contenders = peer === undefined ? [timer(task)] : [timer(task), (n: number) => peer.run(n)];
    const [ours, theirs] = await shortestTimes(task.title, contenders, rounds);
    const cells = [task.title, task.sizes.join(' × '), milliseconds(ours!)];
    if (theirs !== undefined) cells.push(milliseconds(theirs), (theirs / ours!).toFixed(2));
    if (withMemory) cells.push((process.resourceUsage().maxRSS / 1024).toFixed(0));
    if (withMemory && peer !== undefined) cells.push((await peer.peakMiB()).toFixed(0));
    console.log(`| ${cells.join(' | ')} |`);
  }
}

/** The task on a fresh engine, timed as the peer does it. */
function timer({ prepare, sizes }: Task): Contender {
  const { run, checksum } = prepare(createOpenblasEngine({ threads }), sizes);
  return (iterations) => {
    const start = secondsNow(flags.clock);
    for (let i = 0; i < iterations; i++) run();
    const seconds = (secondsNow(flags.clock) - start) / iterations;
    return Promise.resolve({ seconds, checksum: checksum() });
  };
}
