import { availableParallelism } from 'node:os';

import { ResultsError } from '@natsweep/results';
import { formatCount, plural, randomIndices } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { positiveInteger, sizeOption } from '../options.ts';
import { countedTrials, structuralGroups, type StructuralGroup } from '../plan/groups.ts';
import { recordedCosts, type Cost, type Costs } from '../plan/recorded-costs.ts';
import { refuseTooLarge } from '../plan/refuse-too-large.ts';
import { fleetLimits, machineLimits, type SlotLimits } from '../plan/slot-limits.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { formatDuration, formatMemory, formatNumber } from '../terminal/format.ts';
import { countColumn, printTable } from '../terminal/table.ts';
import { noteWrapped, wrap } from '../terminal/wrap.ts';
import { parameterColumns, printTrials } from '../trials-table.ts';
import { runOnce } from '../worker-once.ts';
import { databaseExists, withResults } from '../with-results.ts';

interface PlanOptions extends LoadOptions {
  readonly calibrate?: boolean;
  readonly slots?: number;
  readonly json?: boolean;
}

/** A group with what its trials are expected to cost. */
type Estimate = StructuralGroup & Cost;

const shownTrials = 3;
const shownGroups = 20;

export const registerPlan: Register = (program, cli, run) => {
  program
    .command('plan')
    .description(
      'Counts the trials of a sweep exactly, shows the first and some random ones, and estimates time and memory of each ' +
        'structural group from what earlier sweeps recorded here. Ends with 1 if a group cannot fit the memory of the slots. ' +
        'Queues nothing.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('--calibrate', 'run one trial of each group now, for its time and memory')
    .option(
      '--slots <n>',
      'trial processes of this machine to plan for (default: those that run, else one per processor)',
      positiveInteger,
    )
    .addOption(sizeOption())
    .option('--json', 'print JSON')
    .action(run((source: string, options: PlanOptions) => plan(cli, source, options)));
};

async function plan(cli: Cli, source: string, options: PlanOptions): Promise<ExitCode> {
  const sweep = loadSweep(source, options);
  const { grid, declaration } = sweep;
  const groups = structuralGroups(grid, declaration);
  const limits =
    options.slots === undefined
      ? ((await fleetLimits(cli.environment)) ?? machineLimits(availableParallelism()))
      : machineLimits(options.slots);
  const estimates = options.calibrate === true ? await calibrate(cli, sweep, groups) : await recall(cli, sweep, groups);
  if (options.json === true) {
    const { name, experiment } = sweep.spec;
    const { size: trials, excluded } = grid;
    const { slots, memoryBytes: slotMemoryBytes } = limits;
    const slotHours = slotSeconds(estimates) / 3600;
    const plan = { sweep: name, experiment, trials, excluded, slots, slotMemoryBytes, slotHours, groups: estimates };
    cli.terminal.json(plan);
  } else {
    describe(cli, sweep, { estimates, limits });
  }
  refuseTooLarge(estimates, limits, exitCodes.negative);
  return exitCodes.ok;
}

async function recall(
  cli: Cli,
  { declaration }: LoadedSweep,
  groups: readonly StructuralGroup[],
): Promise<readonly Estimate[]> {
  const costs = await readCosts(cli, declaration);
  const unknown = { secondsPerTrial: undefined, memoryBytes: undefined };
  return groups.map((group) => ({ ...group, ...(costs?.get(group.key) ?? unknown) }));
}

/** Undefined where there is no database, and with a note where it cannot be read: trials are counted all the same. */
async function readCosts(
  { terminal, environment }: Cli,
  declaration: LoadedSweep['declaration'],
): Promise<Costs | undefined> {
  if (!databaseExists(environment)) return undefined;
  try {
    return await withResults(environment, (results) => recordedCosts(results, declaration));
  } catch (error) {
    if (!(error instanceof ResultsError)) throw error;
    terminal.note(terminal.style('dim', `What trials cost was not looked up: ${error.message}`));
    return undefined;
  }
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
  { estimates, limits }: { readonly estimates: readonly Estimate[]; readonly limits: SlotLimits },
): void {
  const without = grid.excluded === 0 ? '' : ` (${formatCount(grid.excluded)} excluded by "where")`;
  terminal.note(
    `${terminal.style('bold', spec.name)}: ${plural(grid.size, 'trial')}${without} of ${declaration.name}\n`,
  );
  const parameters = spec.axes.map(({ parameter }) => parameter);
  const first = Array.from({ length: Math.min(shownTrials, grid.size) }, (_, index) => index);
  const indices = [...new Set([...first, ...randomIndices(grid.size, shownTrials, spec.seed)])];
  noteWrapped(terminal, 'dim', `The first ${first.length} and some random trials, of each only what varies:`);
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
  const sampled = grid.size <= countedTrials ? '' : ', about, from a sample';
  noteWrapped(terminal, 'dim', `Trials by what shapes the computation${sampled}:`);
  printTable<Estimate>(
    terminal,
    [
      ...parameterColumns<Estimate>(declaration, varying, ({ params }) => params),
      countColumn('TRIALS', ({ trials }) => trials),
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
  for (const line of wrap(describeTotal(estimates, limits), terminal.columns())) terminal.note(line);
}

function describeTotal(estimates: readonly Estimate[], { slots, memoryBytes, description }: SlotLimits): string {
  const known = estimates.filter(({ secondsPerTrial }) => secondsPerTrial !== undefined);
  if (known.length === 0)
    return 'Nothing like it was recorded here: --calibrate runs one trial of each group to estimate its time and memory.';
  const seconds = slotSeconds(known);
  const total = `${formatNumber(seconds / 3600, 2)} slot-hours, about ${formatDuration(seconds / slots)} on ${plural(slots, 'slot')}`;
  const partly =
    known.length === estimates.length
      ? ''
      : `, for the ${known.length} of ${estimates.length} groups that are known (--calibrate tries them all)`;
  return `${total}${partly}; ${description} has ${formatMemory(memoryBytes)}.`;
}

/** Of the groups that are known. */
function slotSeconds(estimates: readonly Estimate[]): number {
  return estimates.reduce((sum, { secondsPerTrial = 0, trials }) => sum + secondsPerTrial * trials, 0);
}
