import type { ResultsStore } from '@natsweep/results';
import type { ParameterValue, TrialRecord } from '@natsweep/sweep';

import type { Cli, Register } from '../cli.ts';
import { badInput, exitCodes, type ExitCode } from '../exit.ts';
import { formatMeasured } from '../results/columns.ts';
import { formatDuration, formatTime, plural } from '../terminal/format.ts';
import { renderSparkline } from '../terminal/sparkline.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import { formatParameter } from '../trials-table.ts';
import { withResults } from '../with-results.ts';

interface ShowOptions {
  readonly sweep?: string;
  readonly json?: boolean;
}

export const registerTrial: Register = (program, cli, run) => {
  const trial = program
    .command('trial')
    .summary('look at one trial')
    .description('Looks at one trial.')
    .helpCommand(false);
  trial
    .command('show')
    .summary('show what a trial was given and what it reported')
    .description(
      'Shows parameters, attempts, metrics and traces of a trial; of a failed one the reason and the end of its log.',
    )
    .argument('<id>', 'the id of a trial or the beginning of it')
    .option('--sweep <sweep>', 'look only in this sweep')
    .option('--json', 'print JSON')
    .action(run((id: string, options: ShowOptions) => show(cli, id, options)));
};

async function show({ terminal, environment }: Cli, id: string, { sweep, json }: ShowOptions): Promise<ExitCode> {
  const record = await withResults(environment, (results) => findTrial(results, id, sweep));
  if (json === true) terminal.print(JSON.stringify(record, undefined, 2));
  else printRecord(terminal, record);
  return exitCodes.ok;
}

/** The newest record of a trial. Equal trials of several sweeps have the same id. */
async function findTrial(results: ResultsStore, id: string, sweep: string | undefined): Promise<TrialRecord> {
  const sweeps = (await results.listSweeps()).map(({ name }) => name).reverse();
  if (sweep !== undefined && !sweeps.includes(sweep)) {
    throw badInput(`There is no sweep named ${sweep}: "natsweep status" lists the sweeps.`);
  }
  for (const name of sweep === undefined ? sweeps : [sweep]) {
    const record = await results.trial(name, id);
    if (record !== undefined) return record;
  }
  const where = sweep === undefined ? 'any sweep' : sweep;
  throw badInput(
    `No trial of ${where} has an id that begins with ${id}: "natsweep results SWEEP" lists ids of recorded trials.`,
  );
}

const labelWidth = 12;

function printRecord(terminal: Terminal, record: TrialRecord): void {
  const { attempt } = record;
  const line = (label: string, text: string) =>
    terminal.print(`${terminal.style('dim', label.padEnd(labelWidth))}${wrapped(terminal, text)}`);
  const pairs = (values: object) =>
    Object.entries(values)
      .map(([name, value]) => `${name}=${formatParameter(value as ParameterValue)}`)
      .join(' ');
  line('trial', record.trialId);
  line('sweep', `${record.sweep}, index ${record.index}`);
  line('parameters', pairs(record.params));
  line('seed', String(record.seed));
  line(
    'attempt',
    `${attempt.attempt}, on ${attempt.worker} (${attempt.slot}), ${formatTime(attempt.startedAtMs)}, took ${formatDuration(attempt.elapsedSeconds)}`,
  );
  if (record.kind === 'failed') {
    line('failed', `${record.failure}: ${record.message}`);
    if (record.logTail !== '') terminal.print(`${terminal.style('dim', 'end of log')}\n${record.logTail.trimEnd()}`);
    return;
  }
  const { engine, device, precision, threads, versions } = record.engine;
  line('engine', `${engine} on ${device}, ${precision}, ${plural(threads, 'thread')}, ${pairs(versions)}`);
  line('outcome', record.outcome);
  for (const [name, value] of Object.entries(record.metrics)) {
    terminal.print(`${terminal.style('dim', 'metric'.padEnd(labelWidth))}${name} = ${formatMeasured(value)}`);
  }
  for (const [name, values] of Object.entries(record.traces)) {
    terminal.print(`${terminal.style('dim', 'trace'.padEnd(labelWidth))}${name}  ${renderSparkline(values, 40)}`);
  }
}

/** A text in as many lines as the terminal needs, indented under its label. */
function wrapped(terminal: Terminal, text: string): string {
  return wrap(text, terminal.columns() - labelWidth).join(`\n${' '.repeat(labelWidth)}`);
}
