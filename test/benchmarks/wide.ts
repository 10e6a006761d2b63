/**
 * Times one step of every natural gradient rule for wide networks, and the kernels of infinitely wide ones, against PyTorch:
 * float64, the same number of threads, taking turns in the same run.
 *
 *   node test/benchmarks/wide.ts [--threads N] [--clock wall|cpu] [--python PATH] [--rounds N] [TASK…]
 *
 * Prints Markdown tables of the shortest times; a ratio of 2 means that natsweep takes half of PyTorch's time. MiB is what a
 * run adds to the memory of the process at its peak, beside weights and data. What a step does to the weights is
 * compared too, and a difference ends the run. The peer is peers/wide.py; without Python and torch the times of natsweep alone
 * are printed. It takes about four minutes.
 *
 * A last table says whether the rules that matrix products bound are at least as fast as PyTorch at M >= 1024. The others are not
 * like for like: the peer is written as one would write it in PyTorch, so that its analytic kernel computes both triangles, where
 * natsweep mirrors one, and its unit-wise rule solves all units of a layer in one batch, where natsweep takes as many as the
 * cache holds.
 */
import { parseArgs } from 'node:util';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { Peer } from './linalg-peer.ts';
import { milliseconds, secondsNow, shortestTimes } from './timing.ts';
import type { Contender } from './timing.ts';
import { verdictTable, type Requirement } from './verdict-table.ts';
import { peakMiB } from './wide-memory.ts';
import { kernelTasks, stepTasks } from './wide-steps.ts';
import type { Task } from './wide-steps.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    clock: { type: 'string', default: 'wall' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
  },
});
const threads = Number(flags.threads);
const rounds = Number(flags.rounds);
/** Rules whose time at large widths is that of matrix products, and from which width on they are held to PyTorch's. */
const heldToPeer = { tasks: ['exact', 'blockDiagonal', 'blockTridiagonal', 'kfac', 'kfacPi'], width: 1024 };
const requirements: Requirement[] = [];

const peer = await Peer.start('torch', flags.python, { script: 'wide.py', threads, clock: flags.clock });
const { device, versions } = createOpenblasEngine({ threads }).info();
const libraries = Object.entries(versions).map(([library, version]) => `${library} ${version}`);
console.log(`${device}, ${threads} thread(s), ${flags.clock} time: ${libraries.join(', ')}, Node ${process.version}`);
console.log(
  peer === undefined
    ? `Skipped torch: not importable by ${flags.python} (choose another with --python)`
    : `Peer: torch ${peer.version}`,
);

await table('Analytic kernels (N; L = 3, ReLU)', kernelTasks);
await table('One step (N, M; L = 3 unless it says otherwise, ReLU with biases)', stepTasks);
await peer?.stop();
if (requirements.length > 0) console.log(`\n${verdictTable(requirements)}`);

async function table(caption: string, tasks: readonly Task[]): Promise<void> {
  const chosen = tasks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  if (chosen.length === 0) return;
  const columns = ['task', 'size', 'ms', 'torch ms', 'torch ÷ ours', 'MiB', 'torch MiB'];
  console.log(`\n${caption}\n\n| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`);
  for (const task of chosen) console.log(`| ${(await row(task)).join(' | ')} |`);
}

async function row(task: Task): Promise<string[]> {
  const memory = [await peakMiB(task), await peer?.peakMiB(task.name, task.sizes)];
  await peer?.prepare(task.name, task.sizes);
  const contenders = peer === undefined ? [timer(task)] : [timer(task), (n: number) => peer.run(n)];
  const [ours, theirs] = await shortestTimes(task.title, contenders, rounds);
  const [samples, width] = task.sizes;
  if (theirs !== undefined && heldToPeer.tasks.includes(task.name) && width! >= heldToPeer.width)
    requirements.push({
      what: `${task.title}, N = ${samples}, M = ${width}: torch ÷ ours`,
      measured: theirs / ours!,
      limit: { least: 1 },
      unit: '×',
    });
  return [
    task.title,
    task.sizes.join(' × '),
    milliseconds(ours!),
    theirs === undefined ? '–' : milliseconds(theirs),
    theirs === undefined ? '–' : (theirs / ours!).toFixed(2),
    ...memory.map((mebibytes) => mebibytes?.toFixed(0) ?? '–'),
  ];
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
