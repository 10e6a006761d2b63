import { availableParallelism } from 'node:os';

import { ResultsError } from '@natsweep/results';
import { formatCount, plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { appearsWithinMs } from '../follow.ts';
import { reuseOption, sizeOption } from '../options.ts';
import { order, say, type ChangeOptions } from '../order.ts';
import { structuralGroups } from '../plan/groups.ts';
import { recordedCosts } from '../plan/recorded-costs.ts';
import { refuseMissingData } from '../plan/refuse-missing-data.ts';
import { refuseTooLarge } from '../plan/refuse-too-large.ts';
import { fleetLimits, machineLimits } from '../plan/slot-limits.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { printTrials } from '../trials-table.ts';
import { databaseExists, withResults } from '../with-results.ts';
import { watchSweep } from './watch.ts';

interface LaunchOptions extends LoadOptions, ChangeOptions {
  readonly watch?: boolean;
  readonly memoryCheck: boolean;
  readonly dataCheck: boolean;
}

const firstTrials = 5;

export const registerLaunch: Register = (program, cli, run) => {
  program
    .command('launch')
    .description(
      'Checks a sweep file, or a sweep that ships with natsweep, and hands it to the scheduler. Nothing is queued if anything is wrong with it.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('-n, --dry-run', 'show what would run and queue nothing')
    .option('-w, --watch', 'stay and show the progress')
    .option('--name <name>', 'run it under another name')
    .addOption(sizeOption())
    .addOption(reuseOption())
    .option('--no-memory-check', 'queue also what took more memory in earlier sweeps than a slot has')
    .option('--no-data-check', 'queue also what needs data that a worker does not have')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Examples:
  $ natsweep launch sweep.yaml --dry-run
  $ natsweep launch karakida-fig1a --size paper --name fig1a-again --watch
`,
    )
    .action(run((source: string, options: LaunchOptions) => launch(cli, source, options)));
};

async function launch(cli: Cli, source: string, options: LaunchOptions): Promise<ExitCode> {
  const { terminal } = cli;
  const sweep = loadSweep(source, options);
  const { spec, grid } = sweep;
  if (options.memoryCheck) await checkMemory(cli, sweep);
  if (options.dataCheck) await refuseMissingData(cli.environment, sweep, '--no-data-check');
  if (options.dryRun === true) {
    showPlan(cli, sweep, options.json === true);
    return exitCodes.ok;
  }
  const { message, facts } = await order(cli, { kind: 'submit', spec: JSON.stringify(spec) });
  const { json = false, watch } = options;
  if (!json || watch !== true) {
    say(cli, { message, facts: { ...facts, experiment: spec.experiment, excluded: grid.excluded } }, { json });
  }
  if (watch === true) return watchSweep(cli, spec.name, { json, appearsWithinMs });
  if (!json) terminal.note(terminal.style('dim', `  "natsweep watch ${spec.name}" shows its progress.`));
  return exitCodes.ok;
}

/** Refuses what earlier sweeps have shown to be too large for every slot. */
async function checkMemory({ terminal, environment }: Cli, { grid, declaration }: LoadedSweep): Promise<void> {
  if (!databaseExists(environment)) return;
  try {
    const costs = await withResults(environment, (results) => recordedCosts(results, declaration));
    if (![...costs.values()].some(({ memoryBytes }) => memoryBytes !== undefined)) return;
    const limits = (await fleetLimits(environment)) ?? machineLimits(availableParallelism());
    const groups = structuralGroups(grid, declaration).map((group) => ({
      ...group,
      memoryBytes: costs.get(group.key)?.memoryBytes,
    }));
    refuseTooLarge(groups, limits, exitCodes.badInput);
  } catch (error) {
    // who only launches need not reach the database
    if (!(error instanceof ResultsError)) throw error;
    terminal.note(terminal.style('dim', `Memory was not checked: ${error.message}`));
  }
}

function showPlan({ terminal }: Cli, { spec, declaration, grid }: LoadedSweep, json: boolean): void {
  const first = Array.from({ length: Math.min(firstTrials, grid.size) }, (_, index) => grid.trial(index));
  if (json) {
    const { name: sweep, experiment } = spec;
    terminal.json({ sweep, experiment, trials: grid.size, excluded: grid.excluded, first, dryRun: true });
    return;
  }
  const without = grid.excluded === 0 ? '' : ` (${formatCount(grid.excluded)} excluded by "where")`;
  terminal.note(`${spec.name}: ${plural(grid.size, 'trial')}${without} of ${declaration.name}: ${declaration.title}`);
  terminal.note(`The first ${first.length}, of each only what varies; nothing was queued:`);
  printTrials(terminal, first, { declaration, parameters: spec.axes.map(({ parameter }) => parameter) });
}
