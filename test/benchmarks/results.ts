/**
 * Recording and questioning a large sweep in the results database, on SQLite and on a private PostgreSQL.
 *
 *   node test/benchmarks/results.ts [--observations N] [--batch N] [--traces STEPS] [--sqlite] [--postgres] [--rounds N]
 *
 * Prints a Markdown table of the shortest wall times, and for SQLite, which works inside this process, of the processor
 * time: on a machine that is busy with other things the latter is the one to read.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openResults } from '@natsweep/results';
import type { ResultsStore, StoredSweep } from '@natsweep/results';
import { findPostgres, startPrivatePostgres } from '@natsweep/results/testing';
import { trialId } from '@natsweep/sweep';
import type { Observation } from '@natsweep/sweep';

const { values: flags } = parseArgs({
  options: {
    observations: { type: 'string', default: '1000000' },
    batch: { type: 'string', default: '500' },
    traces: { type: 'string', default: '30' },
    rounds: { type: 'string', default: '3' },
    sqlite: { type: 'boolean', default: false },
    postgres: { type: 'boolean', default: false },
  },
});
const observations = Number(flags.observations);
const batch = Number(flags.batch);
const rounds = Number(flags.rounds);
const both = !flags.sqlite && !flags.postgres;

const approximations = ['exact', 'block-diagonal', 'block-tridiagonal', 'kfac', 'unit-wise'];
const curve = Array.from({ length: Number(flags.traces) }, (_, step) => 0.5 * Math.exp(-0.2 * step));

const sweep: StoredSweep = {
  name: 'million',
  experiment: 'wide-training',
  experimentVersion: 1,
  spec: '{}',
  planned: observations,
  state: 'running',
  stateReason: null,
  createdAtMs: Date.now(),
  completedAtMs: null,
  commandId: 'benchmark',
};

/** Five seeds × five approximations × four depths × three widths × 13 dampings × as many learning rates as it takes. */
function observation(index: number): Observation {
  const params = {
    approximation: approximations[Math.floor(index / 5) % 5]!,
    depth: 3 + (Math.floor(index / 25) % 4),
    width: 256 * 4 ** (Math.floor(index / 100) % 3),
    damping: 10 ** -(Math.floor(index / 300) % 13),
    learningRateScale: 1 + Math.floor(index / 3900) / 1000,
    dataset: 'mnist-0-7',
    activation: 'relu',
    samples: 100,
  };
  const seed = index % 5;
  const loss = Math.random();
  return {
    kind: 'observation',
    sweep: sweep.name,
    trialId: trialId({ experiment: 'wide-training', version: 1, params, seed }),
    index,
    params,
    seed,
    attempt: { attempt: 1, worker: 'bench-1', slot: `cpu-${index % 2}`, startedAtMs: Date.now(), elapsedSeconds: loss },
    outcome: index % 20 === 7 ? 'diverged' : 'converged',
    metrics: {
      trainLossFinal: index % 20 === 7 ? null : loss,
      testLossFinal: loss * 2,
      testAccuracy: 1 - loss / 10,
      deviationFromTheory: loss / 100,
      stepsToThreshold: index % 60,
      kernelChange: loss / 7,
      alphaMean: 3,
      secondsPerStep: loss / 1000,
      ntkConditionNumber: 1e6 * loss,
      fisherTrace: loss * 1e3,
    },
    traces: { trainLoss: curve.map((value) => value * (1 + loss / 100)), trainLossTheory: curve },
    engine: { engine: 'openblas', device: 'cpu', precision: 'float64', threads: 1, versions: { openblas: '0.3.21' } },
  };
}

const questions: readonly (readonly [title: string, ask: (store: ResultsStore) => Promise<unknown>])[] = [
  ['counts', (store) => store.counts('million')],
  ['all recorded indices', (store) => drain(store.recordedIndices('million'))],
  ['first page by index', (store) => store.rows('million', { limit: 50 })],
  ['best 50 by a metric', (store) => store.rows('million', { orderBy: 'metrics.trainLossFinal', limit: 50 })],
  [
    'filter: two parameters and a metric, sorted, 50 rows',
    (store) =>
      store.rows('million', {
        filter: "approximation == 'kfac' && depth > 4 && trainLossFinal < 0.001",
        orderBy: 'metrics.testAccuracy',
        descending: true,
        limit: 50,
      }),
  ],
  ['mean of one metric over all', (store) => store.groups('million', [], ['trainLossFinal'])],
  ['group by 1 parameter, 1 metric', (store) => store.groups('million', ['approximation'], ['trainLossFinal'])],
  [
    'group by 2 parameters, 1 metric',
    (store) => store.groups('million', ['approximation', 'width'], ['trainLossFinal']),
  ],
  [
    'group by 4 parameters (780 groups), 2 metrics',
    (store) =>
      store.groups(
        'million',
        ['approximation', 'depth', 'width', 'damping'],
        ['trainLossFinal', 'deviationFromTheory'],
      ),
  ],
  [
    'paired differences to a baseline, one damping',
    (store) =>
      store.pairs('million', {
        parameter: 'approximation',
        baseline: 'exact',
        metric: 'trainLossFinal',
        by: ['depth', 'width'],
        where: { damping: 1e-6 },
      }),
  ],
  [
    'paired differences to a baseline, all',
    (store) =>
      store.pairs('million', {
        parameter: 'approximation',
        baseline: 'exact',
        metric: 'trainLossFinal',
        by: ['depth'],
      }),
  ],
];

// drain
async function drain(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0;
  for await (const _ of items) count++;
  return count;
}

async function benchmark(name: string, url: string): Promise<void> {
  const store = await openResults(url);
  await store.createSweep(sweep);
  let recordingMs = 0;
  let recordingCpuMs = 0;
  for (let first = 0; first < observations; first += batch) {
    const records = Array.from({ length: Math.min(batch, observations - first) }, (_, place) =>
      observation(first + place),
    );
    const cpu = process.cpuUsage();
    const start = performance.now();
    await store.record(records);
    recordingMs += performance.now() - start;
    recordingCpuMs += cpuMs(cpu);
  }
  const rate = (ms: number) => Math.round(observations / (ms / 1000)).toLocaleString('en');
  console.log(`\n## ${name}, ${observations.toLocaleString('en')} observations\n`);
  console.log(`Recorded ${rate(recordingMs)} per second (${rate(recordingCpuMs)} per second of this process's time)`);
  if (url.startsWith('sqlite:')) console.log(`File: ${(statSync(url.slice(7)).size / 2 ** 20).toFixed(0)} MiB`);
  console.log('\n| question | wall ms | processor ms |\n| --- | --- | --- |');
  for (const [title, ask] of questions) {
    let best = { wall: Infinity, cpu: Infinity };
    for (let round = 0; round < rounds; round++) {
      const cpu = process.cpuUsage();
      const start = performance.now();
      await ask(store);
      best = { wall: Math.min(best.wall, performance.now() - start), cpu: Math.min(best.cpu, cpuMs(cpu)) };
    }
    console.log(`| ${title} | ${best.wall.toFixed(0)} | ${url.startsWith('sqlite:') ? best.cpu.toFixed(0) : ''} |`);
  }
  for (const format of ['csv', 'jsonl', 'parquet'] as const) {
    const start = performance.now();
    let bytes = 0;
    for await (const piece of store.export('million', { format })) bytes += piece.length;
    const seconds = (performance.now() - start) / 1000;
    console.log(`| export ${format}, ${(bytes / 2 ** 20).toFixed(0)} MiB | ${(seconds * 1000).toFixed(0)} | |`);
  }
  console.log(`\nMemory of this process at its peak: ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB`);
  await store.close();
}

function cpuMs(since: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(since);
  return (user + system) / 1000;
}

if (flags.sqlite || both) {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-benchmark-'));
  await benchmark('SQLite', `sqlite:${join(folder, 'results.sqlite')}`);
  rmSync(folder, { recursive: true });
}
if (flags.postgres || both) {
  const binaries = findPostgres();
  if (binaries === undefined) console.log('\nSkipped PostgreSQL: it is not installed');
  else {
    const server = await startPrivatePostgres(binaries, { shared_buffers: '512MB', fsync: 'on' });
    await benchmark('PostgreSQL', server.url);
    await server.stop();
  }
}
