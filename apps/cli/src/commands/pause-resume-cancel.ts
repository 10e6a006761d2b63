import { formatCount, plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, CliError, exitCodes, type ExitCode } from '../exit.ts';
import { collect, collectTrialIds } from '../options.ts';
import { factsOf, order, say, type Answer, type ChangeOptions } from '../order.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { selectPlanned } from '../results/planned-selection.ts';
import { findSweep, refuseEnded, requireUnended } from '../sweep-views.ts';
import { withResults } from '../with-results.ts';

interface CancelOptions extends ChangeOptions {
  readonly where?: readonly string[];
  readonly trial?: readonly string[];
}

/** A change of a whole sweep, and what a dry run says of it. */
interface Verb {
  readonly kind: 'pause' | 'resume' | 'cancel';
  readonly state: 'paused' | 'running' | 'cancelled';
  readonly effect: string;
}

const cancel: Verb = { kind: 'cancel', state: 'cancelled', effect: 'end for good; what is recorded stays' };

const verbs: readonly (Verb & { readonly description: string })[] = [
  {
    kind: 'pause',
    state: 'paused',
    effect: 'be paused; trials that run now finish and are recorded',
    description: 'Holds sweeps back: trials that run now finish and are recorded, no more start.',
  },
  {
    kind: 'resume',
    state: 'running',
    effect: 'go on where it stopped',
    description: 'Lets paused sweeps go on.',
  },
];

/** Trials that one command to the scheduler names. */
const pageTrials = 10_000;

export const registerPauseResumeCancel: Register = (program, cli, run) => {
  for (const verb of verbs) {
    program
      .command(verb.kind)
      .description(verb.description)
      .argument('<sweep...>')
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .option('--json', 'print JSON')
      .action(
        run((sweeps: readonly string[], options: ChangeOptions) =>
          forEach(cli, sweeps, { options, work: (sweep) => changeState(cli, sweep, verb, options) }),
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
    .option('--trial <id>', 'only this trial, by the beginning of its id; may be repeated', collectTrialIds)
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .option('--json', 'print JSON')
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
      run((sweeps: readonly string[], options: CancelOptions) => {
        const isPart = options.where !== undefined || options.trial !== undefined;
        const work = (sweep: string) =>
          isPart ? cancelTrials(cli, sweep, options) : changeState(cli, sweep, cancel, options);
        return forEach(cli, sweeps, { options, work });
      }),
    );
};

interface Work {
  readonly options: ChangeOptions;
  readonly work: (sweep: string) => Promise<Answer>;
}

/** Works on every sweep, also after one that refuses; the exit code of the last that did. As JSON, a list of those that did not. */
async function forEach(cli: Cli, sweeps: readonly string[], { options, work }: Work): Promise<ExitCode> {
  const { terminal } = cli;
  const answers: Answer[] = [];
  let exitCode: ExitCode = exitCodes.ok;
  for (const sweep of sweeps) {
    try {
      const answer = await work(sweep);
      answers.push(answer);
      if (options.json !== true) say(cli, answer, options);
    } catch (error) {
      if (!(error instanceof CliError) || sweeps.length === 1) throw error;
      terminal.note(`${terminal.style('red', 'natsweep:')} ${error.message}`);
      exitCode = error.exitCode;
    }
  }
  if (options.json === true) terminal.json(answers.map((answer) => factsOf(answer, options)));
  return exitCode;
}

async function changeState(
  cli: Cli,
  sweep: string,
  { kind, state, effect }: Verb,
  { dryRun }: ChangeOptions,
): Promise<Answer> {
  if (dryRun !== true) return order(cli, { kind, sweep });
  const view = await findSweep(cli.environment, sweep);
  if (view.state === state) return { message: `${sweep} is ${state} already.`, facts: { sweep, state } };
  refuseEnded(view, kind);
  return { message: `${sweep} would ${effect}.`, facts: { sweep, state } };
}

async function cancelTrials(
  cli: Cli,
  name: string,
  { where = [], trial = [], dryRun }: CancelOptions,
): Promise<Answer> {
  const { terminal, environment } = cli;
  await requireUnended(environment, name, 'cancel');
  const sweep = await withResults(environment, (results) => findRecordedSweep(results, name));
  const onProgress = (looked: number, of: number) =>
    terminal.status(`Looked at ${formatCount(looked)} of ${plural(of, 'trial')} of ${name} …`);
  const before = await countCancelled(cli, name);
  let selected = 0;
  let page: number[] = [];
  let isOver = false;
  for (const index of selectPlanned(sweep, { where, ids: trial, onProgress })) {
    selected++;
    if (dryRun === true) continue;
    page.push(index);
    if (page.length < pageTrials) continue;
    isOver = await cancelPage(cli, name, page);
    if (isOver) break;
    page = [];
  }
  terminal.status('');
  if (selected === 0) throw badInput(`No trial of ${name} is selected by that.`);
  if (dryRun === true) {
    const message = `${plural(selected, 'trial')} of ${name} would end, those of them that have no record yet.`;
    return { message, facts: { sweep: name, selected } };
  }
  if (!isOver && page.length > 0) await cancelPage(cli, name, page);
  const cancelled = (await countCancelled(cli, name)) - before;
  const message =
    cancelled === 0
      ? `Nothing to cancel: of ${name}, what is selected has a record already.`
      : `${plural(cancelled, 'trial')} of sweep "${name}" cancelled.`;
  return { message, facts: { sweep: name, cancelled } };
}

/** True if the sweep has ended by now: nothing of it is left to be cancelled. */
async function cancelPage(cli: Cli, sweep: string, indices: readonly number[]): Promise<boolean> {
  const { facts } = await order(cli, { kind: 'cancel-trials', sweep, indices });
  return facts['state'] === 'completed' || facts['state'] === 'cancelled';
}

/** By the database: what a scheduler cancelled before it died counts. */
function countCancelled({ environment }: Cli, sweep: string): Promise<number> {
  return withResults(environment, async (results) => (await results.counts(sweep)).byFailure.cancelled ?? 0);
}
