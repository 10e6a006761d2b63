import type { FailedAttempt } from '@natsweep/results';
import type { AttemptInfo, ParameterValue, TrialRecord } from '@natsweep/sweep';

import type { Cli } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { formatMeasured } from '../results/columns.ts';
import { findTrial } from '../results/find-trial.ts';
import { formatDuration, formatTime, plural } from '../terminal/format.ts';
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
  if (json === true) terminal.print(JSON.stringify({ ...record, failedAttempts: failures }, undefined, 2));
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
  for (const { failure, message, attempt } of failures) {
    line('attempt', `${describeAttempt(attempt)}: ${failure}, ${message}`);
  }
  if (!failures.some(({ attempt }) => attempt.attempt === record.attempt.attempt)) {
    line('attempt', describeAttempt(record.attempt));
  }
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

function describeAttempt({ attempt, worker, slot, startedAtMs, elapsedSeconds }: AttemptInfo): string {
  return `${attempt}, on ${worker} (${slot}), ${formatTime(startedAtMs)}, took ${formatDuration(elapsedSeconds)}`;
}

/** A text in as many lines as the terminal needs, indented under its label. */
function wrapped(terminal: Terminal, text: string): string {
  return wrap(text, terminal.columns() - labelWidth).join(`\n${' '.repeat(labelWidth)}`);
}
