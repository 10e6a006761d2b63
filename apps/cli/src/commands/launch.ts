import type { Cli, Register } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { sizeOption } from '../options.ts';
import { order } from '../order.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { formatCount, plural } from '../terminal/format.ts';
import { printTrials } from '../trials-table.ts';
import { watchSweep } from './watch.ts';

interface LaunchOptions extends LoadOptions {
  readonly dryRun?: boolean;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const firstTrials = 5;

export const registerLaunch: Register = (program, cli, run) => {
  program
    .command('launch')
    .summary('check a sweep and queue it')
    .description(
      'Checks a sweep file, or a sweep that ships with natsweep, and hands it to the scheduler. Nothing is queued if anything is wrong with it.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('-n, --dry-run', 'show what would run and queue nothing')
    .option('-w, --watch', 'stay and show the progress')
    .option('--name <name>', 'run it under another name')
    .addOption(sizeOption())
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
  if (options.dryRun === true) {
    showPlan(cli, sweep, options.json === true);
    return exitCodes.ok;
  }
  const answer = await order(cli, { kind: 'submit', spec: JSON.stringify(spec) });
  if (options.json === true) {
    terminal.print(
      JSON.stringify({ sweep: spec.name, experiment: spec.experiment, trials: grid.size, excluded: grid.excluded }),
    );
  } else {
    terminal.print(`${terminal.style('green', '✓')} ${answer}`);
  }
  if (options.watch === true) return watchSweep(cli, spec.name);
  if (options.json !== true)
    terminal.note(terminal.style('dim', `  "natsweep watch ${spec.name}" shows its progress.`));
  return exitCodes.ok;
}

function showPlan({ terminal }: Cli, { spec, declaration, grid }: LoadedSweep, json: boolean): void {
  const first = Array.from({ length: Math.min(firstTrials, grid.size) }, (_, index) => grid.trial(index));
  if (json) {
    terminal.print(
      JSON.stringify({
        sweep: spec.name,
        experiment: spec.experiment,
        trials: grid.size,
        excluded: grid.excluded,
        first,
      }),
    );
    return;
  }
  const without = grid.excluded === 0 ? '' : ` (${formatCount(grid.excluded)} excluded by "where")`;
  terminal.note(`${spec.name}: ${plural(grid.size, 'trial')}${without} of ${declaration.name}: ${declaration.title}`);
  terminal.note(`The first ${first.length}, of each only what varies; nothing was queued:`);
  printTrials(terminal, first, { declaration, parameters: spec.axes.map(({ parameter }) => parameter) });
}
