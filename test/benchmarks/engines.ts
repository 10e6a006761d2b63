/**
 * Times the engines against each other and against PyTorch, float64, the same number of threads, taking turns in the same run:
 * what a call costs, a step of every rule, and small trials computed together. First it has them compared with each other
 * on every experiment, and, where there is a GPU, run the conformance suite there.
 *
 *   node test/benchmarks/engines.ts [--threads N] [--clock wall|cpu] [--python PATH] [--rounds N] [--unchecked]
 *
 * Prints Markdown tables of the shortest times; a ratio of 2 means that the engine takes half of PyTorch's time. On a GPU that
 * TensorFlow was set up for, it compares with PyTorch on that GPU; without one it says so. --unchecked leaves the comparison out.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { createTfjsEngine, findTensorflow } from '@natsweep/linalg-tfjs';
import type { LinalgEngine } from '@natsweep/linalg';
import { batchedTask, operationTasks } from './engine-tasks.ts';
import { Peer } from './linalg-peer.ts';
import { secondsNow, shortestTimes } from './timing.ts';
import type { Contender } from './timing.ts';
import { stepTasks } from './wide-steps.ts';
import type { Task } from './wide-steps.ts';

const { values: flags } = parseArgs({
  options: {
    threads: { type: 'string', default: '1' },
    clock: { type: 'string', default: 'wall' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '5' },
    unchecked: { type: 'boolean', default: false },
    /** Set in the process of its own that a GPU needs: TensorFlow runs on one device per process. */
    gpu: { type: 'boolean', default: false },
  },
});
const threads = Number(flags.threads);
const engines: readonly (() => LinalgEngine)[] = flags.gpu
  ? [() => createTfjsEngine({ device: 'gpu', threads })]
  : [() => createOpenblasEngine({ threads }), ...tfjsOnCpu()];

if (!flags.gpu && !flags.unchecked) compareResults();
const peer = await startPeer();
const names = [...engines.map((create) => create().info().engine), ...(peer === undefined ? [] : ['torch'])];
describe();
if (flags.gpu) await table('Operations (n × n)', operationTasks([1024, 4096]), milliseconds);
else await table('What a call costs: operations on tiny matrices (n × n)', operationTasks([4, 32]), microseconds);
await table(
  'One step (N, M; L = 3, ReLU with biases)',
  stepTasks.filter(({ sizes: [, width] }) => (flags.gpu ? width! >= 1024 : width! <= 1024)),
  milliseconds,
);
await batchTable([1, 8, 64]);
await peer?.stop();
if (!flags.gpu) onGpu();

function tfjsOnCpu(): (() => LinalgEngine)[] {
  const tensorflow = findTensorflow();
  if (tensorflow.found) return [() => createTfjsEngine({ device: 'cpu', threads })];
  console.log(`Skipped tfjs: ${tensorflow.reason}. ${tensorflow.fix}\n`);
  return [];
}

/** An engine that computes something else is not worth timing. */
function compareResults(): void {
  const tests = ['test/engines/agreement', 'test/engines/conformance'];
  const run = join(import.meta.dirname, '..', 'run.ts');
  const { status, stdout } = spawnSync(process.execPath, [run, ...tests], { encoding: 'utf8' });
  const lines = stdout.trimEnd().split('\n');
  console.log(`Agreement on every experiment, and conformance on a GPU: ${lines.at(-1)}`);
  for (const skipped of lines.slice(lines.indexOf('Skipped:') + 1).filter((line) => line.startsWith('  test/')))
    console.log(`Skipped${skipped.replace(/^ *[^:]*:/, '')}`);
  if (status !== 0) throw new Error(`the engines do not agree:\n${stdout}`);
  console.log();
}

function startPeer(): Promise<Peer | undefined> {
  process.env['NATSWEEP_TORCH_DEVICE'] = flags.gpu ? 'cuda' : 'cpu';
  return Peer.start('torch', flags.python, { script: 'engines.py', threads, clock: flags.clock });
}

function describe(): void {
  for (const create of engines) {
    const { engine, device, versions } = create().info();
    const libraries = Object.entries(versions).map(([library, version]) => `${library} ${version}`);
    console.log(`${engine} on ${device}, ${threads} thread(s), ${flags.clock} time: ${libraries.join(', ')}`);
  }
  console.log(
    peer === undefined
      ? `Skipped torch${flags.gpu ? ' with CUDA' : ''}: not importable by ${flags.python} (choose another with --python)`
      : `torch ${peer.version}${flags.gpu ? ' on the same GPU' : ''}`,
  );
}

async function table(caption: string, tasks: readonly Task[], format: (seconds: number) => string): Promise<void> {
  const ratios = peer === undefined ? [] : names.slice(0, -1).map((name) => `torch ÷ ${name}`);
  console.log(`\n${caption}\n`);
  row('task', 'size', ...names.map((name) => `${name} ${format === microseconds ? 'µs' : 'ms'}`), ...ratios);
  row(...Array.from({ length: 2 + names.length + ratios.length }, () => '---'));
  for (const task of tasks) {
    const times = await measure(task);
    const theirs = times.at(-1)!;
    const compared = ratios.map((_, i) => (theirs / times[i]!).toFixed(2));
    row(task.title, task.sizes.join(' × '), ...times.map(format), ...compared);
  }
}

/** Time per trial, and how many times less that is than alone. */
async function batchTable(batches: readonly number[]): Promise<void> {
  const [one] = batches;
  console.log(
    '\nSmall trials together: µs per trial, and the gain over one at a time (N = 20, M = 64: kernel and solve)\n',
  );
  row('trials', ...names.flatMap((name) => [`${name} µs`, 'gain']));
  row(...Array.from({ length: 1 + 2 * names.length }, () => '---'));
  let alone: readonly number[] = [];
  for (const trials of batches) {
    const each = (await measure(batchedTask(trials))).map((seconds) => seconds / trials);
    if (trials === one) alone = each;
    row(String(trials), ...each.flatMap((seconds, i) => [microseconds(seconds), (alone[i]! / seconds).toFixed(1)]));
  }
}

/** Shortest seconds: of the engines, then of the peer. */
async function measure(task: Task): Promise<number[]> {
  await peer?.prepare(task.name, task.sizes);
  const contenders = engines.map((create) => timer(task, create()));
  return shortestTimes(
    task.title,
    peer === undefined ? contenders : [...contenders, (iterations) => peer.run(iterations)],
    Number(flags.rounds),
  );
}

/** The task on a fresh engine. */
function timer({ prepare, sizes }: Task, engine: LinalgEngine): Contender {
  const { run, checksum } = prepare(engine, sizes);
  const done = engine.full([], 0);
  return (iterations) => {
    const start = secondsNow(flags.clock);
    for (let i = 0; i < iterations; i++) run();
    // a device computes in order: what is read last comes after all the rest
    engine.read(engine.binary('add', done, 0));
    const seconds = (secondsNow(flags.clock) - start) / iterations;
    return Promise.resolve({ seconds, checksum: checksum() });
  };
}

function onGpu(): void {
  const missing = gpuMissing();
  if (missing !== undefined) return console.log(`\nSkipped the GPU: ${missing}`);
  console.log('\n## On the GPU\n');
  const { status } = spawnSync(process.execPath, [...process.argv.slice(1), '--gpu'], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`the benchmarks on the GPU ended with status ${status}`);
}

function gpuMissing(): string | undefined {
  try {
    execFileSync('nvidia-smi', ['--list-gpus'], { stdio: 'ignore' });
  } catch {
    return 'nvidia-smi finds none';
  }
  const tensorflow = findTensorflow();
  if (tensorflow.found && tensorflow.gpu === true) return undefined;
  return 'TensorFlow was not set up for it. Run "natsweep setup tensorflow --gpu"';
}

function row(...cells: readonly string[]): void {
  console.log(`| ${cells.join(' | ')} |`);
}

function milliseconds(seconds: number): string {
  return (1000 * seconds).toPrecision(3);
}

function microseconds(seconds: number): string {
  return (1e6 * seconds).toPrecision(3);
}
