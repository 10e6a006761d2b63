import { Option } from 'commander';

import { isRetired, type FailedSelection } from '@natsweep/results';
import { failures, formatCount, type Failure } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { collect, collectTrialIds } from '../options.ts';
import { order, say, type Answer, type ChangeOptions } from '../order.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { parseSelection } from '../results/selection.ts';
import { withResults } from '../with-results.ts';

interface RetryOptions extends ChangeOptions {
  readonly failure?: Failure;
  readonly where?: readonly string[];
  readonly trial?: readonly string[];
}

export const registerRetry: Register = (program, cli, run) => {
  program
    .command('retry')
    .description(
      'Plans the failed trials of a sweep again, all or those that are selected; all conditions must hold. Their records ' +
        'stay to be seen as the sweep NAME@VERSION. Trials that were cancelled are left alone, but for --failure cancelled.',
    )
    .argument('<sweep>')
    .addOption(new Option('--failure <kind>', 'only trials that failed so').choices(failures))
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
  $ natsweep results quickstart --failed
  $ natsweep retry quickstart --failure out-of-memory --where depth=4 --dry-run
  $ natsweep retry quickstart --trial t3f09c1
`,
    )
    .action(run((sweep: string, options: RetryOptions) => retry(cli, sweep, options)));
};

async function retry(cli: Cli, sweep: string, options: RetryOptions): Promise<ExitCode> {
  const selection = await readSelection(cli, sweep, options);
  const answer =
    options.dryRun === true
      ? await rehearse(cli, sweep, selection)
      : await order(cli, { kind: 'retry', sweep, ...selection });
  say(cli, answer, options);
  return exitCodes.ok;
}

async function readSelection(
  { environment }: Cli,
  name: string,
  { failure, where, trial }: RetryOptions,
): Promise<FailedSelection> {
  const conditions =
    where && parseSelection(where, await withResults(environment, (results) => findRecordedSweep(results, name)));
  return { ...conditions, ...(failure !== undefined && { failure }), ...(trial !== undefined && { trialIds: trial }) };
}

async function rehearse({ environment }: Cli, sweep: string, selection: FailedSelection): Promise<Answer> {
  const counts = await withResults(environment, async (results) => {
    const { stored } = await findRecordedSweep(results, sweep);
    if (isRetired(sweep))
      throw badInput(`${sweep} keeps what was recorded before a retry or a change: retry the sweep itself.`);
    if (stored.state === 'cancelled') throw badInput(`${sweep} is cancelled: launch it again under another name.`);
    return results.countFailed(sweep, selection);
  });
  const trials = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const listed = Object.entries(counts).map(([kind, count]) => `${formatCount(count)} ${kind}`);
  const message =
    trials === 0 ? `No failed trial of ${sweep} would run again.` : `Would run again: ${listed.join(', ')}.`;
  return { message, facts: { sweep, trials } };
}
