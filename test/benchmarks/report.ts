/**
 * Writes the HTML report of a large sweep, in a process of its own, and holds it against the limits that a reader feels.
 *
 *   node test/benchmarks/report.ts [--trials N] [--steps N]
 *
 * Prints a Markdown table of what was measured and its limit.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openResults } from '@natsweep/results';
import { verdictTable } from './verdict-table.ts';

const { writeReport } = await import('@natsweep/report');
const { plantSweep, wideFinding } = await import('@natsweep/report/testing');

const { values: flags } = parseArgs({
  options: {
    trials: { type: 'string', default: '100000' },
    steps: { type: 'string', default: '31' },
    /** Set in the process that is measured. */
    write: { type: 'string' },
  },
});
const trials = Number(flags.trials);
const sweep = 'large';

if (flags.write !== undefined) await measure(flags.write);
else await compareWithLimits();

/** A sweep over six axes and as many seeds as it takes, every trial with the traces of a training curve and its theory. */
async function plant(folder: string): Promise<void> {
  const points = 2 * 4 * 5 * 5 * 4;
  const yaml = `name: ${sweep}
experiment: wide-training
axes:
  depth: [3, 4]
  width: [128, 256, 512, 1024]
  approximation: [gradient-descent, exact, block-diagonal, block-tridiagonal, kfac]
  damping: { values: [0, 1e-9, 1e-6, 1e-3, 1], when: "approximation != 'gradient-descent'" }
  learningRateScale: [0.125, 0.25, 0.5, 1]
repeats: ${Math.ceil((trials / points) * (25 / 21))}
objective: { metric: finalTrainLoss, goal: minimize }
`;
  const store = await openResults(databaseUrl(folder));
  await plantSweep(store, yaml, (trial) => {
    const found = wideFinding(trial);
    const padded = Object.entries(found.traces ?? {}).map(([name, values]) => [
      name,
      Array.from({ length: Number(flags.steps) }, (_, step) => values[step % values.length]!),
    ]);
    return { ...found, traces: Object.fromEntries(padded) };
  });
  await store.close();
}

interface Measured {
  readonly wallSeconds: number;
  readonly processorSeconds: number;
  readonly peakMiB: number;
  readonly bytes: number;
  readonly observed: number;
}

async function measure(folder: string): Promise<void> {
  const start = performance.now();
  const store = await openResults(databaseUrl(folder));
  const { files, report } = await writeReport({ store, sweep, directory: folder, formats: ['html'] });
  await store.close();
  const { user, system } = process.cpuUsage();
  const measured: Measured = {
    wallSeconds: (performance.now() - start) / 1000,
    processorSeconds: (user + system) / 1e6,
    peakMiB: process.resourceUsage().maxRSS / 1024,
    bytes: statSync(files[0]!).size,
    observed: report.results.counts.observed,
  };
  console.log(JSON.stringify(measured));
}

async function compareWithLimits(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'natsweep-report-benchmark-'));
  try {
    await plant(folder);
    const child = [import.meta.filename, '--write', folder];
    const measured = JSON.parse(execFileSync(process.execPath, child, { encoding: 'utf8' })) as Measured;
    const most = (what: string, value: number, limit: number, unit: string) =>
      ({ what, measured: value, limit: { most: limit }, unit }) as const;
    console.log(`HTML report of ${measured.observed.toLocaleString('en')} trials, ${flags.steps} steps each\n`);
    const requirements = [
      most('wall time', measured.wallSeconds, 10, 's'),
      most('processor time, with the start of the process', measured.processorSeconds, 10, 's'),
      most('size of the HTML file', measured.bytes / 2 ** 20, 5, 'MiB'),
      most('memory of the process at its peak', measured.peakMiB, 1024, 'MiB'),
    ];
    console.log(verdictTable(requirements));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function databaseUrl(folder: string): string {
  return `sqlite:${join(folder, 'results.sqlite')}`;
}
