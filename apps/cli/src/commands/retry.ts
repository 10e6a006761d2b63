import { Option } from 'commander';

import { failures, type Failure } from '@natsweep/sweep';

import type { Register } from '../cli.ts';
import { exitCodes } from '../exit.ts';
import { orderAndSay } from '../order.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { formatCount } from '../terminal/format.ts';
import { withResults } from '../with-results.ts';

interface RetryOptions {
  readonly failure?: Failure;
  readonly dryRun?: boolean;
}

export const registerRetry: Register = (program, cli, run) => {
  program
    .command('retry')
    .description('Plans the failed trials of a sweep again. Their records stay to be seen as the sweep NAME@VERSION.')
    .argument('<sweep>')
    .addOption(new Option('--failure <kind>', 'only trials that failed so').choices(failures))
    .option('-n, --dry-run', 'say what would be done and do nothing')
    .action(
      run(async (sweep: string, { failure, dryRun }: RetryOptions) => {
        if (dryRun === true) {
          const counts = await withResults(cli.environment, async (results) => {
            await findRecordedSweep(results, sweep);
            return (await results.counts(sweep)).byFailure;
          });
          const chosen = Object.entries(counts).filter(([kind]) => failure === undefined || kind === failure);
          const listed = chosen.map(([kind, count]) => `${formatCount(count)} ${kind}`).join(', ');
          cli.terminal.print(listed === '' ? `No trial of ${sweep} failed so.` : `Would run again: ${listed}.`);
        } else {
          await orderAndSay(cli, { kind: 'retry', sweep, ...(failure !== undefined && { failure }) });
        }
        return exitCodes.ok;
      }),
    );
};
