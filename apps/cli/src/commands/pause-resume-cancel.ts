import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { collect } from '../options.ts';
import { orderAndSay } from '../order.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { selectPlanned } from '../results/planned-selection.ts';
import { plural } from '../terminal/format.ts';
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
    summary: 'hold a sweep back: running trials finish, no more start',
    effect: 'be paused; trials that run now finish and are recorded',
  },
  { kind: 'resume', summary: 'let a paused sweep go on', effect: 'go on where it stopped' },
] as const;

export const registerPauseResumeCancel: Register = (program, cli, run) => {
  for (const { kind, summary, effect } of verbs) {
    program
      .command(kind)
      .summary(summary)
      .description(`${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`)
      .argument('<sweep>')
      .option('-n, --dry-run', 'say what would be done and do nothing')
      .action(
        run(async (sweep: string, { dryRun }: Options) => {
          if (dryRun === true) cli.terminal.print(`${sweep} would ${effect}.`);
          else await orderAndSay(cli, { kind, sweep });
          return exitCodes.ok;
        }),
      );
  }
  program
    .command('cancel')
    .summary('end a sweep, or some of its trials, for good; what is recorded stays')
    .description('Ends a sweep for good, or with --where or --trial only those of its trials. What is recorded stays.')
    .argument('<sweep>')
    .option(
      '--where <condition>',
      'only trials with this parameter value, e.g. depth=4; may be repeated, all must hold',
      collect,
    )
    .option('--trial <id>', 'only this trial, by the beginning of its id; may be repeated', collect)
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .action(run((sweep: string, options: CancelOptions) => cancel(cli, sweep, options)));
};

async function cancel(cli: Cli, sweep: string, { where, trial, dryRun }: CancelOptions): Promise<ExitCode> {
  const { terminal, environment } = cli;
  if (where === undefined && trial === undefined) {
    if (dryRun === true) terminal.print(`${sweep} would end for good; what is recorded stays.`);
    else await orderAndSay(cli, { kind: 'cancel', sweep });
    return exitCodes.ok;
  }
  const indices = await withResults(environment, async (results) =>
    selectPlanned(await findRecordedSweep(results, sweep), { where: where ?? [], ids: trial ?? [] }),
  );
  if (indices.length === 0) throw badInput(`No trial of ${sweep} is selected by that.`);
  if (dryRun === true) {
    terminal.print(`${plural(indices.length, 'trial')} of ${sweep} would end, those of them that have no record yet.`);
  } else {
    await orderAndSay(cli, { kind: 'cancel-trials', sweep, indices });
  }
  return exitCodes.ok;
}
