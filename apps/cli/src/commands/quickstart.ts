import type { StoredSweep } from '@natsweep/results';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { describeEnd, followSweep } from '../follow.ts';
import { nextSignal } from '../interrupt.ts';
import { positiveInteger, sizeOption } from '../options.ts';

import { runningStack } from '../stack/stack-file.ts';
import { Stack } from '../stack/stack.ts';
import { loadSweep, type LoadedSweep, type LoadOptions } from '../sweep-source.ts';
import { formatDuration, plural } from '../terminal/format.ts';
import { wrap } from '../terminal/wrap.ts';
import { order } from '../order.ts';
import { showReport } from './report.ts';
import { withRedis } from '../with-redis.ts';
import { databaseExists, withResults } from '../with-results.ts';

interface QuickstartOptions extends LoadOptions {
  readonly slots?: number;
}

export const registerQuickstart: Register = (program, cli, run) => {
  program
    .command('quickstart')
    .summary('run a first sweep from start to picture')
    .description(
      'Starts a stack, runs the sweep "quickstart" (natural against Euclidean gradient descent on MNIST), shows its table, ' +
        'verdicts and picture, and stops the stack. Ctrl-C loses nothing: the next quickstart goes on where this one stopped.',
    )
    .addOption(sizeOption())
    .option('--slots <n>', 'trial processes to run at a time (default: one per processor)', positiveInteger)
    .action(run((options: QuickstartOptions) => quickstart(cli, options)));
};

async function quickstart(cli: Cli, { slots, ...options }: QuickstartOptions): Promise<ExitCode> {
  const { terminal } = cli;
  const sweep = loadSweep('quickstart', options);
  const { name } = sweep.spec;
  const recorded = await findRecorded(cli, sweep);
  if (recorded?.state === 'completed') {
    terminal.note(`All ${plural(recorded.planned, 'trial')} of ${name} are recorded already; this is what they show.`);
    return showReport(cli, name);
  }
  terminal.note(`${terminal.style('bold', sweep.declaration.title)} (${sweep.declaration.source})`);
  for (const line of wrap(sweep.spec.description, terminal.columns())) terminal.note(line);
  terminal.note('');
  const startedAtMs = Date.now();
  if (!(await runToEnd(cli, sweep, { launched: recorded !== undefined, slots }))) return exitCodes.interrupted;
  terminal.note(terminal.style('dim', `Took ${formatDuration((Date.now() - startedAtMs) / 1000)}.\n`));
  return showReport(cli, name);
}

/** Runs the sweep on the stack of this home, or on one of its own that is stopped in the end. False after a Ctrl-C. */
async function runToEnd(
  { terminal, environment }: Cli,
  sweep: LoadedSweep,
  { launched, slots }: { readonly launched: boolean; readonly slots: number | undefined },
): Promise<boolean> {
  const { name } = sweep.spec;
  const interrupted = new AbortController();
  void nextSignal().then(() => interrupted.abort());
  const stack =
    runningStack(environment.home) === undefined
      ? await Stack.start(environment, { ...(slots !== undefined && { slots }), metrics: null, onNote: terminal.note })
      : undefined;
  if (stack !== undefined) terminal.note(`${terminal.style('green', '●')} Started ${stack.describe()}.`);
  try {
    if (launched) terminal.note(`${name} goes on where it stopped.`);
    else
      terminal.note(
        `${terminal.style('green', '✓')} ${await order({ environment }, { kind: 'submit', spec: JSON.stringify(sweep.spec) })}`,
      );
    const end = await withRedis(environment, (redis) =>
      followSweep(terminal, redis, { sweep: name, signal: interrupted.signal }),
    );
    if (end === undefined) terminal.note('Interrupted: "natsweep quickstart" goes on where it stops now.');
    else terminal.note(describeEnd(end));
    return end !== undefined;
  } finally {
    terminal.status('Stopping the stack …');
    await stack?.stop();
    terminal.status('');
  }
}

/** What is recorded of the sweep here. Refuses a record of the same name that asked another question. */
async function findRecorded({ environment }: Cli, { spec }: LoadedSweep): Promise<StoredSweep | undefined> {
  if (!databaseExists(environment)) return undefined;
  const stored = await withResults(environment, (results) => results.getSweep(spec.name));
  if (stored !== undefined && stored.spec !== JSON.stringify(spec)) {
    throw badInput(
      `${environment.home} holds a sweep ${spec.name} of another version of natsweep: choose another home with NATSWEEP_HOME.`,
    );
  }
  return stored;
}
