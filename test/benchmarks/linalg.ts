/**
 * Times an engine against NumPy and PyTorch, float64, the same number of threads, taking turns in the same run.
 *
 *   node test/benchmarks/linalg.ts [--engine openblas|tfjs] [--threads N] [--clock wall|cpu] [--python PATH] [--rounds N] [KERNEL…]
 *
 * Prints a Markdown table of the shortest times, of the wall clock or of the processor (of all threads together), which is the
 * one to read on a machine that is busy with other things; a ratio of 2 means that this engine takes half the peer's time. Results
 * are compared too: a kernel that computes something else than its twin ends the run. Python with numpy and scipy (and torch)
 * is needed only here; without it the engine's own times are printed.
 */
import { parseArgs } from 'node:util';
import { createOpenblasEngine } from '@natsweep/linalg-openblas';
import { createTfjsEngine } from '@natsweep/linalg-tfjs';
import { Peer } from './linalg-peer.ts';
import { kernels } from './linalg-kernels.ts';
import type { Kernel } from './linalg-kernels.ts';
import { milliseconds, secondsNow, shortestTimes } from './timing.ts';
import type { Contender } from './timing.ts';

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    engine: { type: 'string', default: 'openblas' },
    threads: { type: 'string', default: '1' },
    clock: { type: 'string', default: 'wall' },
    python: { type: 'string', default: 'python3' },
    rounds: { type: 'string', default: '9' },
  },
});
const threads = Number(flags.threads);
const rounds = Number(flags.rounds);
const createEngine = flags.engine === 'tfjs' ? createTfjsEngine : createOpenblasEngine;

const peers: Peer[] = [];
for (const name of ['numpy', 'torch'] as const) {
  const peer = await Peer.start(name, flags.python, { script: 'linalg.py', threads, clock: flags.clock });
  if (peer === undefined)
    console.log(`Skipped ${name}: not importable by ${flags.python} (choose another with --python)`);
  else peers.push(peer);
}

const { engine: name, device, versions } = createEngine({ threads }).info();
const libraries = Object.entries(versions).map(([library, version]) => `${library} ${version}`);
console.log(
  `${name} on ${device}, ${threads} thread(s), ${flags.clock} time: ${libraries.join(', ')}, Node ${process.version}`,
);
console.log(`Peers: ${peers.map(({ name, version }) => `${name} ${version}`).join(', ') || 'none'}\n`);
const columns = ['kernel', 'size', 'ms', ...peers.flatMap(({ name }) => [`${name} ms`, `${name} ÷ ours`])];
console.log(`| ${columns.join(' | ')} |\n|${columns.map(() => ' --- |').join('')}`);

for (const kernel of kernels) {
  if (positionals.length > 0 && !positionals.includes(kernel.name)) continue;
  const times = await measure(kernel);
  const ours = times[0]!;
  const cells = times.slice(1).flatMap((seconds) => [milliseconds(seconds), (seconds / ours).toFixed(2)]);
  console.log(`| ${[kernel.title, kernel.sizes.join(' × '), milliseconds(ours), ...cells].join(' | ')} |`);
}
for (const peer of peers) await peer.stop();

/** Shortest seconds per call: ours, then each peer's. */
async function measure(kernel: Kernel): Promise<number[]> {
  for (const peer of peers) await peer.prepare(kernel.name, kernel.sizes);
  const contenders = [timer(kernel), ...peers.map((peer) => (iterations: number) => peer.run(iterations))];
  return shortestTimes(kernel.title, contenders, rounds);
}

/** The kernel on a fresh engine, timed as peers/linalg.py does it. */
function timer({ prepare, sizes }: Kernel): Contender {
  const engine = createEngine({ threads });
  const run = prepare(engine, sizes);
  return async (iterations) => {
    const start = secondsNow(flags.clock);
    for (let i = 1; i < iterations; i++) engine.scope(() => void run());
    return engine.scope(() => {
      const result = run();
      const seconds = (secondsNow(flags.clock) - start) / iterations;
      const checksum = engine.read(engine.reduce('sum', engine.unary('abs', result)))[0]!;
      return { seconds, checksum };
    });
  };
}
