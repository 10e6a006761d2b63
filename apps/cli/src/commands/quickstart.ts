import { plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { nextSignal } from '../interrupt.ts';
import { engineOption, sizeOption, slotsOption, type WorkerOptions } from '../options.ts';
import { findUnfinished, runToEnd, withStack } from '../run-to-end.ts';
import { loadSweep, type LoadOptions } from '../sweep-source.ts';
import { formatDuration } from '../terminal/format.ts';
import { wrap } from '../terminal/wrap.ts';
import { showReport } from './report.ts';

interface QuickstartOptions extends LoadOptions, WorkerOptions {
  readonly json?: boolean;
}

export const registerQuickstart: Register = (program, cli, run) => {
  program
    .command('quickstart')
    .description(
      'Starts a stack, runs the sweep "quickstart" (natural against Euclidean gradient descent on MNIST), shows its table, ' +
        'verdicts and picture, and stops the stack. Ctrl-C loses nothing: the next quickstart goes on where this one stopped.',
    )
    .addOption(sizeOption())
    .addOption(slotsOption())
    .addOption(engineOption())
    .option('--json', 'print verdicts and tables as JSON')
    .action(run((options: QuickstartOptions) => quickstart(cli, options)));
};

async function quickstart(cli: Cli, { json = false, ...options }: QuickstartOptions): Promise<ExitCode> {
  const { terminal } = cli;
  const sweep = loadSweep('quickstart', options);
  const { spec, declaration, grid } = sweep;
  if ((await findUnfinished(cli, [sweep])).length === 0) {
    terminal.note(`All ${plural(grid.size, 'trial')} of ${spec.name} are recorded already; this is what they show.`);
    return showReport(cli, spec.name, { json });
  }
  for (const line of wrap(`${declaration.title} (${declaration.source})`, terminal.columns())) {
    terminal.note(terminal.style('bold', line));
  }
  for (const line of wrap(spec.description, terminal.columns())) terminal.note(line);
  terminal.note('');
  const startedAtMs = Date.now();
  const interrupted = new AbortController();
  void nextSignal().then(() => interrupted.abort());
  if (!(await withStack(cli, options, () => runToEnd(cli, [sweep], interrupted.signal)))) {
    terminal.note('Interrupted, nothing was lost: "natsweep quickstart" goes on where it stopped.');
    return exitCodes.interrupted;
  }
  terminal.note(terminal.style('dim', `Took ${formatDuration((Date.now() - startedAtMs) / 1000)}.\n`));
  return showReport(cli, spec.name, { json });
}
