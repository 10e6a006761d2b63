import type { FailedAttempt } from '@natsweep/results';
import { plural, type AttemptInfo, type ParameterValue, type TrialRecord } from '@natsweep/sweep';

import type { Cli } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { formatMeasured } from '../results/columns.ts';
import { findTrial } from '../results/find-trial.ts';
import { formatDuration, formatTime } from '../terminal/format.ts';
import { renderSparkline } from '../terminal/sparkline.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { wrap } from '../terminal/wrap.ts';
import { formatParameter } from '../trials-table.ts';
import { withResults } from '../with-results.ts';

export interface ShowOptions {
  readonly sweep?: string;
  readonly json?: boolean;
}

export async function showTrial(
  { terminal, environment }: Cli,
  id: string,
  { sweep, json }: ShowOptions,
): Promise<ExitCode> {
  const { record, failures } = await withResults(environment, async (results) => {
    const found = await findTrial(results, id, sweep);
    return { ...found, failures: await results.attempts(found.record.sweep, found.record.trialId) };
  });
  if (json === true) terminal.json({ ...record, failedAttempts: failures });
  else printRecord(terminal, record, failures);
  return exitCodes.ok;
}

const labelWidth = 12;

function printRecord(terminal: Terminal, record: TrialRecord, failures: readonly FailedAttempt[]): void {
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
  for (const { failure, message, attempt, logTail } of failures) {
    line('attempt', `${describeAttempt(attempt)}: ${failure}, ${message}`);
    printLog(terminal, logTail);
  }
  if (!failures.some(({ attempt }) => attempt.attempt === record.attempt.attempt)) {
    line('attempt', describeAttempt(record.attempt));
  }
  if (record.kind === 'failed') {
    line('failed', `${record.failure}: ${record.message}`);
    const isShown = failures.some(({ attempt }) => attempt.attempt === record.attempt.attempt);
    if (!isShown) printLog(terminal, record.logTail);
    return;
  }
  const { engine, device, precision, threads, versions } = record.engine;
  line('engine', `${engine} on ${device}, ${precision}, ${plural(threads, 'thread')}, ${pairs(versions)}`);
  line('outcome', record.outcome);
  printNamed(terminal, 'metrics', record.metrics, formatMeasured);
  printNamed(terminal, 'traces', record.traces, (values) => renderSparkline(values, 40));
}

/** One line each, with the label beside the first; values begin in the same column. */
function printNamed<Value>(
  terminal: Terminal,
  label: string,
  values: Readonly<Record<string, Value>>,
  show: (value: Value) => string,
): void {
  const names = Object.keys(values);
  const width = Math.max(...names.map(({ length }) => length));
  for (const [i, name] of names.entries()) {
    const head = terminal.style('dim', (i === 0 ? label : '').padEnd(labelWidth));
    terminal.print(`${head}${name.padEnd(width)}  ${show(values[name]!)}`);
  }
}

function printLog(terminal: Terminal, logTail: string): void {
  if (logTail === '') return;
  const [first, ...others] = logTail.trimEnd().split('\n');
  terminal.print(`${terminal.style('dim', 'end of log'.padEnd(labelWidth))}${first}`);
  for (const other of others) terminal.print(`${' '.repeat(labelWidth)}${other}`);
}

function describeAttempt({ attempt, worker, slot, startedAtMs, elapsedSeconds }: AttemptInfo): string {
  return `${attempt}, on ${worker} (${slot}), ${formatTime(startedAtMs)}, took ${formatDuration(elapsedSeconds)}`;
}

/** A text in as many lines as the terminal needs, indented under its label. */
function wrapped(terminal: Terminal, text: string): string {
  return wrap(text, terminal.columns() - labelWidth).join(`\n${' '.repeat(labelWidth)}`);
}
