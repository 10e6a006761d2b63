import type { SweepState } from '@natsweep/results';
import { formatCount, plural } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { reuseOption, sizeOption } from '../options.ts';
import { order, say, type ChangeOptions } from '../order.ts';
import { refuseMissingData } from '../plan/refuse-missing-data.ts';
import { specChanges, trialChanges, type Change, type TrialChanges } from '../plan/spec-diff.ts';
import { findRecordedSweep } from '../results/recorded-sweep.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { withResults } from '../with-results.ts';

interface DiffOptions extends LoadOptions {
  readonly json?: boolean;
}

interface ApplyOptions extends LoadOptions, ChangeOptions {
  readonly dataCheck: boolean;
}

export const registerApply: Register = (program, cli, run) => {
  program
    .command('diff')
    .description(
      'Shows how a sweep file differs from the sweep of its name. Ends with 0 if nothing would change, else with 1.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('--name <name>', 'compare with the sweep of this name')
    .addOption(sizeOption())
    .addOption(reuseOption())
    .option('--json', 'print JSON')
    .action(run((source: string, options: DiffOptions) => diff(cli, source, options)));
  program
    .command('apply')
    .description(
      'Changes a sweep, running or completed, to what its file says now. Trials that both versions plan keep their records; ' +
        'records of trials that are planned no more stay to be seen as the sweep NAME@VERSION.',
    )
    .argument('<file|name>', 'a sweep file, or a name from "natsweep sweeps"')
    .option('--name <name>', 'change the sweep of this name')
    .addOption(sizeOption())
    .addOption(reuseOption())
    .option('-n, --dry-run', 'show what would change and change nothing')
    .option('--no-data-check', 'change it also to what needs data that a worker does not have')
    .option('--json', 'print JSON')
    .action(run((source: string, options: ApplyOptions) => apply(cli, source, options)));
};

/** How a sweep would change. */
interface Difference {
  readonly sweep: string;
  /** Empty: it is what the file says. */
  readonly changes: readonly Change[];
  readonly trials: TrialChanges;
}

async function diff(cli: Cli, source: string, { json, ...options }: DiffOptions): Promise<ExitCode> {
  const { state: _, ...difference } = await compare(cli, loadSweep(source, options));
  if (json === true) cli.terminal.json(difference);
  else describe(cli, difference);
  return difference.changes.length === 0 ? exitCodes.ok : exitCodes.negative;
}

async function apply(cli: Cli, source: string, options: ApplyOptions): Promise<ExitCode> {
  const { dryRun, dataCheck, json } = options;
  const sweep = loadSweep(source, options);
  if (dataCheck) await refuseMissingData(cli.environment, sweep, '--no-data-check');
  const { state, ...difference } = await compare(cli, sweep);
  const { name } = sweep.spec;
  if (state === 'cancelled') throw badInput(`${name} is cancelled: launch it under another name.`);
  if (json !== true) describe(cli, difference);
  if (difference.changes.length === 0 || dryRun === true) {
    if (json === true) cli.terminal.json({ ...difference, ...(dryRun === true && { dryRun }) });
    return exitCodes.ok;
  }
  const answer = await order(cli, { kind: 'apply', spec: JSON.stringify(sweep.spec) });
  if (json === true) cli.terminal.json({ ...difference, ...answer.facts });
  else say(cli, answer, options);
  return exitCodes.ok;
}

async function compare(
  { environment }: Cli,
  { spec, declaration, grid }: LoadedSweep,
): Promise<Difference & { readonly state: SweepState }> {
  const { stored, spec: recorded } = await withResults(environment, (results) => findRecordedSweep(results, spec.name));
  if (stored.experiment !== spec.experiment) {
    throw badInput(
      `${spec.name} is a sweep of ${stored.experiment}, the file asks for ${spec.experiment}: give it another name.`,
    );
  }
  const changes = specChanges(recorded, spec);
  const { size } = grid;
  const trials =
    changes.length === 0
      ? { before: size, after: size, kept: size, exact: true }
      : trialChanges(recorded, spec, declaration);
  return { sweep: spec.name, state: stored.state, changes, trials };
}

function describe({ terminal }: Cli, { sweep, changes, trials }: Difference): void {
  if (changes.length === 0) return terminal.note(`${sweep} is already what the file says.`);
  for (const { place, change } of changes) terminal.print(`${terminal.style('yellow', '~')} ${place}: ${change}`);
  const { before, after, kept, exact } = trials;
  terminal.print(
    `${exact ? '' : 'About, from a sample: '}${formatCount(kept)} of ${plural(before, 'trial')} stay, ${formatCount(after - kept)} are new, ${formatCount(before - kept)} are planned no more.`,
  );
}
