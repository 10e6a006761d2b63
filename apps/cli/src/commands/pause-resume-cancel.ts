import type { Cli, Register } from '../cli.ts';
import { badInput, CliError, exitCodes, type ExitCode } from '../exit.ts';
import { collect } from '../options.ts';
import { order, orderAndSay } from '../order.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { selectPlanned } from '../results/planned-selection.ts';
import { requireUnended } from '../sweep-views.ts';
import { formatCount, plural } from '../terminal/format.ts';
import { withResults } from '../with-results.ts';

interface Options {
  readonly dryRun?: boolean;
}

interface CancelOptions extends Options {
  readonly where?: readonly string[];
  readonly trial?: readonly string[];
}

const verbs = [
  {
    kind: 'pause',
    description: 'Holds sweeps back: trials that run now finish and are recorded, no more start.',
    effect: 'be paused; trials that run now finish and are recorded',
  },
  { kind: 'resume', description: 'Lets paused sweeps go on.', effect: 'go on where it stopped' },
] as const;

/** Trials that one command to the scheduler names. */
const pageTrials = 10_000;

export const registerPauseResumeCancel: Register = (program, cli, run) => {
  for (const { kind, description, effect } of verbs) {
    program
      .command(kind)
      .description(description)
      .argument('<sweep...>')
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .action(
        run((sweeps: readonly string[], { dryRun }: Options) =>
          forEach(cli, sweeps, async (sweep) => {
            if (dryRun !== true) return orderAndSay(cli, { kind, sweep });
            await requireUnended(cli.environment, sweep, kind);
            cli.terminal.print(`${sweep} would ${effect}.`);
          }),
        ),
      );
  }
  program
    .command('cancel')
    .description('Ends sweeps for good, or with --where or --trial only those of their trials. What is recorded stays.')
    .argument('<sweep...>')
    .option(
      '--where <condition>',
      'only trials that meet this, e.g. depth=4 or "depth > 3 && width == 256"; may be repeated, all must hold',
      collect,
    )
    .option('--trial <id>', 'only this trial, by the beginning of its id; may be repeated', collect)
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .addHelpText(
      'after',
      `
Examples:
  $ natsweep cancel quickstart
  $ natsweep cancel quickstart --where approximation=kfac --dry-run
  $ natsweep cancel quickstart --trial t3f09c1
`,
    )
    .action(
      run((sweeps: readonly string[], { where, trial, dryRun }: CancelOptions) =>
        forEach(cli, sweeps, async (sweep) => {
          if (where !== undefined || trial !== undefined) {
            return cancelTrials(cli, sweep, { where: where ?? [], ids: trial ?? [], dryRun: dryRun === true });
          }
          if (dryRun !== true) return orderAndSay(cli, { kind: 'cancel', sweep });
          await requireUnended(cli.environment, sweep, 'cancel');
          cli.terminal.print(`${sweep} would end for good; what is recorded stays.`);
        }),
      ),
    );
};

/** Works on every sweep, also after one that refuses; the exit code of the last that did. */
async function forEach(
  { terminal }: Cli,
  sweeps: readonly string[],
  work: (sweep: string) => Promise<void>,
): Promise<ExitCode> {
  if (sweeps.length === 1) {
    await work(sweeps[0]!);
    return exitCodes.ok;
  }
  let exitCode: ExitCode = exitCodes.ok;
  for (const sweep of sweeps) {
    try {
      await work(sweep);
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      terminal.note(`${terminal.style('red', 'natsweep:')} ${error.message}`);
      exitCode = error.exitCode;
    }
  }
  return exitCode;
}

interface TrialSelection {
  readonly where: readonly string[];
  readonly ids: readonly string[];
  readonly dryRun: boolean;
}

async function cancelTrials(cli: Cli, name: string, { where, ids, dryRun }: TrialSelection): Promise<void> {
  const { terminal, environment } = cli;
  if (dryRun) await requireUnended(environment, name, 'cancel');
  const sweep = await withResults(environment, (results) => findRecordedSweep(results, name));
  const onProgress = (looked: number, of: number) =>
    terminal.status(`Looked at ${formatCount(looked)} of ${plural(of, 'trial')} of ${name} …`);
  let selected = 0;
  let page: number[] = [];
  const before = await countCancelled(cli, name);
  let isOver = false;
  for (const index of selectPlanned(sweep, { where, ids, onProgress })) {
    selected++;
    if (dryRun) continue;
    page.push(index);
    if (page.length < pageTrials) continue;
    isOver = await cancelPage(cli, name, page, selected > pageTrials);
    if (isOver) break;
    page = [];
  }
  terminal.status('');
  if (selected === 0) throw badInput(`No trial of ${name} is selected by that.`);
  if (dryRun) {
    terminal.print(`${plural(selected, 'trial')} of ${name} would end, those of them that have no record yet.`);
    return;
  }
  if (!isOver && page.length > 0) await cancelPage(cli, name, page, selected > pageTrials);
  const cancelled = (await countCancelled(cli, name)) - before;
  terminal.print(`${terminal.style('green', '✓')} ${plural(cancelled, 'trial')} of sweep "${name}" cancelled.`);
}

/** True if the sweep has ended meanwhile: of a later page, that means that nothing of it is left. */
async function cancelPage(cli: Cli, sweep: string, indices: readonly number[], isLater: boolean): Promise<boolean> {
  try {
    await order(cli, { kind: 'cancel-trials', sweep, indices });
    return false;
  } catch (error) {
    if (isLater && error instanceof CliError && error.exitCode === exitCodes.badInput) return true;
    throw error;
  }
}

function countCancelled({ environment }: Cli, sweep: string): Promise<number> {
  return withResults(environment, async (results) => (await results.counts(sweep)).byFailure.cancelled ?? 0);
}
