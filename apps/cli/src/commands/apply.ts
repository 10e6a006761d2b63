import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { sizeOption } from '../options.ts';
import { orderAndSay } from '../order.ts';
import { refuseMissingData } from '../plan/refuse-missing-data.ts';
import { specChanges, trialChanges } from '../plan/spec-diff.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { formatCount, plural } from '../terminal/format.ts';
import { withResults } from '../with-results.ts';

interface ApplyOptions extends LoadOptions {
  readonly dryRun?: boolean;
  readonly dataCheck: boolean;
}

export const registerApply: Register = (program, cli, run) => {
  program
    .command('diff')
    .description(
      'Shows how a sweep file differs from the sweep of its name. Ends with 0 if nothing would change, else with 1.',
    )
    .argument('<file|name>')
    .option('--name <name>', 'compare with the sweep of this name')
    .addOption(sizeOption())
    .action(
      run(async (source: string, options: LoadOptions) =>
        (await describeChanges(cli, loadSweep(source, options))) ? exitCodes.negative : exitCodes.ok,
      ),
    );
  program
    .command('apply')
    .description(
      'Changes a sweep, running or completed, to what its file says now. Trials that both versions plan keep their records; ' +
        'records of trials that are planned no more stay to be seen as the sweep NAME@VERSION.',
    )
    .argument('<file|name>')
    .option('--name <name>', 'change the sweep of this name')
    .addOption(sizeOption())
    .option('-n, --dry-run', 'show what would change and change nothing')
    .option('--no-data-check', 'change it also to what needs data that a worker does not have')
    .action(run((source: string, options: ApplyOptions) => apply(cli, source, options)));
};

async function apply(cli: Cli, source: string, { dryRun, dataCheck, ...options }: ApplyOptions): Promise<ExitCode> {
  const sweep = loadSweep(source, options);
  if (dataCheck) await refuseMissingData(cli.environment, sweep, '--no-data-check');
  const changes = await describeChanges(cli, sweep);
  if (changes && dryRun !== true) await orderAndSay(cli, { kind: 'apply', spec: JSON.stringify(sweep.spec) });
  return exitCodes.ok;
}

/** Prints what differs from the recorded sweep. Returns whether anything does. */
async function describeChanges({ terminal, environment }: Cli, { spec, declaration }: LoadedSweep): Promise<boolean> {
  const { stored, spec: recorded } = await withResults(environment, (results) => findRecordedSweep(results, spec.name));
  if (stored.experiment !== spec.experiment) {
    throw badInput(
      `${spec.name} is a sweep of ${stored.experiment}, the file asks for ${spec.experiment}: give it another name.`,
    );
  }
  const changes = specChanges(recorded, spec);
  if (changes.length === 0) {
    terminal.note(`${spec.name} is already what the file says.`);
    return false;
  }
  for (const { place, change } of changes) terminal.print(`${terminal.style('yellow', '~')} ${place}: ${change}`);
  const { before, after, kept, exact } = trialChanges(recorded, spec, declaration);
  terminal.print(
    `${exact ? '' : 'About, from a sample: '}${formatCount(kept)} of ${plural(before, 'trial')} stay, ${formatCount(after - kept)} are new, ${formatCount(before - kept)} are planned no more.`,
  );
  return true;
}
