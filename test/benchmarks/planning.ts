/**
 * Plans sweeps of a thousand million trials in processes of their own, and holds them against the limits that users feel:
 * a file is read and checked, its trials counted, a thousand of them made and found again in a second and 200 MB.
 *
 *   node test/benchmarks/planning.ts
 *
 * Prints a Markdown table of what was measured and its limit.
 */
import { execFileSync } from 'node:child_process';
import { createGrid, formatProblem, parseSweepSpec } from '@natsweep/sweep';
import { exampleExperiment, largeSweeps } from '@natsweep/sweep/testing';
import { verdictTable, type Requirement } from './verdict-table.ts';

const secondsLimit = 1;
const megabytesLimit = 200;
const accesses = 1000;

interface Measured {
  readonly trials: number;
  readonly seconds: number;
  /** Of the whole process, Node included. */
  readonly peakMegabytes: number;
}

const [shape] = process.argv.slice(2);
if (shape !== undefined) console.log(JSON.stringify(measure(largeSweeps[shape]!)));
else compareWithLimits();

function measure(body: string): Measured {
  const start = performance.now();
  const text = `name: large\nexperiment: ${exampleExperiment.name}\n${body}`;
  const parsed = parseSweepSpec(text, { file: 'large.yaml', experiments: [exampleExperiment] });
  if (!parsed.ok) throw new Error(parsed.problems.map(formatProblem).join('\n'));
  const grid = createGrid(parsed.spec, exampleExperiment);
  for (let i = 0; i < accesses; i++) {
    const index = Math.floor((i * grid.size) / accesses);
    if (grid.locate(grid.trial(index)) !== index) throw new Error(`trial ${index} is not found again`);
  }
  const seconds = (performance.now() - start) / 1000;
  return { trials: grid.size, seconds, peakMegabytes: (process.resourceUsage().maxRSS * 1024) / 1e6 };
}

function compareWithLimits(): void {
  const requirements = Object.keys(largeSweeps).flatMap((name): readonly Requirement[] => {
    const child = execFileSync(process.execPath, [import.meta.filename, name], { encoding: 'utf8' });
    const { trials, seconds, peakMegabytes } = JSON.parse(child) as Measured;
    const what = `${name}, ${trials.toExponential(1)} trials`;
    return [
      { what: `${what}: time`, measured: seconds, limit: { most: secondsLimit }, unit: 's' },
      { what: `${what}: memory`, measured: peakMegabytes, limit: { most: megabytesLimit }, unit: 'MB' },
    ];
  });
  console.log(`Sweeps read, checked and counted, and ${accesses} trials made and found again\n`);
  console.log(verdictTable(requirements));
}
