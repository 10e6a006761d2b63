import { join } from 'node:path';

import { namedSweeps } from '@natsweep/catalogue';
import type { Report } from '@natsweep/report';
import { formatCount, nearest, plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { nextSignal } from '../interrupt.ts';
import { commaList, engineOption, sizeOption, slotsOption, type WorkerOptions } from '../options.ts';
import type { ChangeOptions } from '../order.ts';
import { findUnfinished, runToEnd, withStack } from '../run-to-end.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { withResults } from '../with-results.ts';
import { reportFacts, verdictStyles } from './report.ts';

interface ReproduceOptions extends LoadOptions, WorkerOptions, ChangeOptions {
  readonly only?: readonly string[];
  readonly out?: string;
}

export const registerReproduce: Register = (program, cli, run) => {
  program
    .command('reproduce')
    .description(
      'Runs every sweep that ships with natsweep, one after the other, and writes one page with all verdicts and figures. What ' +
        'is recorded in this home already is not run again; Ctrl-C loses nothing.',
    )
    .addOption(sizeOption())
    .option('--only <names>', 'only these sweeps, e.g. karakida-fig1a,kerekes-fig4', commaList)
    .option('-o, --out <folder>', 'where the page goes (default: reports/reproduction in the home)')
    .option('-n, --dry-run', 'list what would run and run nothing')
    .option('--json', 'print JSON')
    .addOption(slotsOption())
    .addOption(engineOption())
    .action(run((options: ReproduceOptions) => reproduce(cli, options)));
};

async function reproduce(cli: Cli, { only, out, dryRun, json, ...options }: ReproduceOptions): Promise<ExitCode> {
  const { terminal, environment } = cli;
  const sweeps = chooseSweeps(only).map((name) => loadSweep(name, options));
  const missing = await findUnfinished(cli, sweeps);
  const names = sweeps.map(({ spec }) => spec.name);
  if (dryRun === true) {
    const wouldRun = missing.map(({ spec, grid }) => ({ sweep: spec.name, trials: grid.size }));
    if (json === true) {
      terminal.json({ sweeps: names, wouldRun, dryRun });
      return exitCodes.ok;
    }
    for (const { sweep, trials } of wouldRun) terminal.print(`would run ${sweep}: ${plural(trials, 'trial')}`);
    if (missing.length === 0) terminal.print('Everything is recorded already: only the page would be written.');
    return exitCodes.ok;
  }
  if (missing.length > 0 && !(await runAll(cli, missing, options))) {
    terminal.note('Interrupted, nothing was lost: "natsweep reproduce" goes on where it stopped.');
    return exitCodes.interrupted;
  }
  const { writeReproduction } = await import('@natsweep/report');
  terminal.status('Drawing …');
  const directory = out ?? join(environment.home, 'reports', 'reproduction');
  const { reports, files } = await withResults(environment, (store) =>
    writeReproduction({ store, sweeps: names, directory }),
  );
  terminal.status('');
  if (json === true) {
    terminal.json({ sweeps: names, reports: reports.map(reportFacts), files });
    return exitCodes.ok;
  }
  terminal.note(`${plural(names.length, 'sweep')}: ${describeVerdicts(terminal, reports)}. All are on one page:`);
  terminal.print(files[0]!);
  return exitCodes.ok;
}

/** "41 claims reproduced, 2 undecided". */
function describeVerdicts(terminal: Terminal, reports: readonly Report[]): string {
  const verdicts = reports.flatMap(({ claims }) => claims.map(({ verdict }) => verdict.status));
  const statuses = Object.keys(verdictStyles) as (keyof typeof verdictStyles)[];
  const counts = statuses
    .map((status) => [status, verdicts.filter((verdict) => verdict === status).length] as const)
    .filter(([, count]) => count > 0)
    .map(([status, count], i) => {
      const noun = i === 0 ? plural(count, 'claim') : formatCount(count);
      return terminal.style(verdictStyles[status][1], `${noun} ${status}`);
    });
  return counts.length === 0 ? 'no claims' : counts.join(', ');
}

/** False after a Ctrl-C. */
async function runAll(cli: Cli, sweeps: readonly LoadedSweep[], worker: WorkerOptions): Promise<boolean> {
  const interrupted = new AbortController();
  void nextSignal().then(() => interrupted.abort());
  return withStack(cli, worker, () => runToEnd(cli, sweeps, interrupted.signal));
}

/** The quickstart is a small cut of a sweep that is among the others. */
function chooseSweeps(only: readonly string[] | undefined): readonly string[] {
  const all = namedSweeps();
  if (only === undefined) return all.filter((name) => name !== 'quickstart');
  const unknown = only.find((name) => !all.includes(name));
  if (unknown === undefined) return [...new Set(only)];
  const near = nearest(unknown, all);
  throw badInput(
    `--only ${unknown}: ${near === undefined ? '"natsweep sweeps" lists the sweeps' : `did you mean ${near}?`}`,
  );
}
