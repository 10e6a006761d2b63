import { availableParallelism, totalmem } from 'node:os';

import type { Cli, Register } from '../cli.ts';
import { CliError, exitCodes, type ExitCode } from '../exit.ts';
import { positiveInteger, sizeOption } from '../options.ts';
import { recordedDurations, type Durations } from '../plan/durations.ts';
import { countedTrials, structuralGroups, type StructuralGroup } from '../plan/groups.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { formatCount, formatDuration, plural } from '../terminal/format.ts';
import { printTable } from '../terminal/table.ts';
import { parameterColumns, printTrials } from '../trials-table.ts';
import { runOnce } from '../worker-once.ts';
import { databaseExists, withResults } from '../with-results.ts';

interface PlanOptions extends LoadOptions {
  readonly calibrate?: boolean;
  readonly slots: number;
  readonly json?: boolean;
}

/** A group with what its trials are expected to cost; undefined where nothing is known. */
interface Estimate extends StructuralGroup {
  readonly secondsPerTrial: number | undefined;
  readonly memoryBytes: number | undefined;
}

const shownTrials = 3;
const shownGroups = 20;

export const registerPlan: Register = (program, cli, run) => {
  program
    .command('plan')
    .summary('count a sweep exactly and estimate what it costs')
    .description(
      'Counts the trials of a sweep exactly, shows the first and some random ones, and estimates the time of each structural ' +
        'group from what earlier sweeps recorded here. Queues nothing.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('--calibrate', 'run one trial of each group now, for its time and memory')
    .option('--slots <n>', 'trial processes to plan for', positiveInteger, availableParallelism())
    .addOption(sizeOption())
    .option('--json', 'print JSON')
    .action(run((source: string, options: PlanOptions) => plan(cli, source, options)));
};

async function plan(cli: Cli, source: string, options: PlanOptions): Promise<ExitCode> {
  const sweep = loadSweep(source, options);
  const { grid, declaration } = sweep;
  const groups = structuralGroups(grid, declaration);
  const estimates = options.calibrate === true ? await calibrate(cli, sweep, groups) : await recall(cli, sweep, groups);
  if (options.json === true) {
    const { name, experiment } = sweep.spec;
    const { size: trials, excluded } = grid;
    cli.terminal.print(JSON.stringify({ sweep: name, experiment, trials, excluded, groups: estimates }, undefined, 2));
  } else {
    describe(cli, sweep, { estimates, slots: options.slots });
  }
  refuseTooLarge(estimates, options.slots);
  return exitCodes.ok;
}

async function recall(
  { environment }: Cli,
  { declaration }: LoadedSweep,
  groups: readonly StructuralGroup[],
): Promise<readonly Estimate[]> {
  const durations: Durations = databaseExists(environment)
    ? await withResults(environment, (results) => recordedDurations(results, declaration))
    : new Map();
  return groups.map((group) => ({ ...group, secondsPerTrial: durations.get(group.key), memoryBytes: undefined }));
}

async function calibrate(
  { terminal, environment }: Cli,
  { grid }: LoadedSweep,
  groups: readonly StructuralGroup[],
): Promise<readonly Estimate[]> {
  const estimates: Estimate[] = [];
  for (const [i, group] of groups.entries()) {
    terminal.status(`Trying ${i + 1} of ${groups.length}: ${group.key} …`);
    const { elapsedSeconds, peakMemoryBytes } = await runOnce(environment, grid.trial(group.index));
    estimates.push({ ...group, secondsPerTrial: elapsedSeconds, memoryBytes: peakMemoryBytes });
  }
  terminal.status('');
  return estimates;
}

function describe(
  { terminal }: Cli,
  { spec, declaration, grid }: LoadedSweep,
  { estimates, slots }: { readonly estimates: readonly Estimate[]; readonly slots: number },
): void {
  const without = grid.excluded === 0 ? '' : ` (${formatCount(grid.excluded)} excluded by "where")`;
  terminal.note(
    `${terminal.style('bold', spec.name)}: ${plural(grid.size, 'trial')}${without} of ${declaration.name}\n`,
  );
  const parameters = spec.axes.map(({ parameter }) => parameter);
  const first = Array.from({ length: Math.min(shownTrials, grid.size) }, (_, index) => index);
  const random = Array.from({ length: shownTrials }, () => Math.floor(Math.random() * grid.size));
  const indices = [...new Set([...first, ...random.sort((a, b) => a - b)])];
  terminal.note(terminal.style('dim', `The first ${first.length} and some random trials, of each only what varies:`));
  printTrials(
    terminal,
    indices.map((index) => grid.trial(index)),
    { declaration, parameters },
  );

  const varying = declaration.structuralParameters.filter(
    (name) => new Set(estimates.map(({ params }) => params[name])).size > 1,
  );
  const shown = estimates.slice(0, shownGroups);
  terminal.note('');
  terminal.note(
    terminal.style(
      'dim',
      `${grid.size <= countedTrials ? '' : 'About, from a sample: '}trials by what shapes the computation:`,
    ),
  );
  printTable<Estimate>(
    terminal,
    [
      ...parameterColumns<Estimate>(declaration, varying, ({ params }) => params),
      { header: 'TRIALS', cell: ({ trials }) => formatCount(trials), align: 'right' },
      {
        header: 'PER TRIAL',
        cell: ({ secondsPerTrial: s }) => (s === undefined ? '?' : formatDuration(s)),
        align: 'right',
      },
      {
        header: 'SLOT TIME',
        cell: ({ secondsPerTrial: s, trials }) => (s === undefined ? '?' : formatDuration(s * trials)),
        align: 'right',
      },
      {
        header: 'MEMORY',
        cell: ({ memoryBytes }) => (memoryBytes === undefined ? '?' : formatMemory(memoryBytes)),
        align: 'right',
      },
    ],
    shown,
  );
  if (shown.length < estimates.length)
    terminal.note(terminal.style('dim', `… and ${estimates.length - shown.length} more groups (--json lists all).`));
  terminal.note('');
  terminal.note(describeTotal(estimates, slots));
}

function describeTotal(estimates: readonly Estimate[], slots: number): string {
  const known = estimates.filter(({ secondsPerTrial }) => secondsPerTrial !== undefined);
  if (known.length === 0)
    return 'Nothing like it was recorded here: --calibrate runs one trial of each group to estimate its time.';
  const seconds = known.reduce((sum, { secondsPerTrial, trials }) => sum + secondsPerTrial! * trials, 0);
  const total = `${(seconds / 3600).toPrecision(2)} slot-hours, about ${formatDuration(seconds / slots)} on ${plural(slots, 'slot')}`;
  if (known.length === estimates.length) return `${total}.`;
  return `${total}, for the ${known.length} of ${estimates.length} groups that are known (--calibrate tries them all).`;
}

function refuseTooLarge(estimates: readonly Estimate[], slots: number): void {
  const perSlot = totalmem() / slots;
  const tooLarge = estimates.find(({ memoryBytes = 0 }) => memoryBytes > perSlot);
  if (tooLarge === undefined) return;
  throw new CliError(
    `A trial with ${tooLarge.key} takes ${formatMemory(tooLarge.memoryBytes!)} and each of ${plural(slots, 'slot')} has ${formatMemory(perSlot)} here: use fewer slots or another machine.`,
    exitCodes.negative,
  );
}

function formatMemory(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
