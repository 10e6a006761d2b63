import { plural, type Measured, type Observation } from '@natsweep/sweep';

import type { Cli } from '../cli.ts';
import { exitCodes, type ExitCode } from '../exit.ts';
import { formatMeasured } from '../results/columns.ts';
import { findTrial, type FoundTrial } from '../results/find-trial.ts';
import { withResults } from '../with-results.ts';
import { runOnce, type OnceResult } from '../worker-once.ts';

export interface RerunOptions {
  readonly sweep?: string;
  readonly engine?: string;
  readonly json?: boolean;
}

/** A number that came out otherwise. */
interface Difference {
  /** A metric, or a trace with the step. */
  readonly place: string;
  readonly recorded: Measured | undefined;
  readonly now: Measured | undefined;
}

const shownDifferences = 10;

export async function rerunTrial(cli: Cli, id: string, { sweep, engine, json }: RerunOptions): Promise<ExitCode> {
  const { terminal, environment } = cli;
  const found = await withResults(environment, (results) => findTrial(results, id, sweep));
  const { record } = found;
  const recordedEngine = record.kind === 'observation' ? record.engine.engine : 'auto';
  terminal.status(`Running ${record.trialId} …`);
  const result = await runOnce(environment, plannedTrial(found), { engine: engine ?? recordedEngine });
  terminal.status('');
  if (record.kind === 'failed') {
    terminal.note(`${record.trialId} had failed (${record.failure}); now it ended as ${result.outcome}.`);
    if (json === true) terminal.json({ same: null, differences: [], result });
    return exitCodes.ok;
  }
  const differences = compare(record, result);
  if (json === true) terminal.json({ same: differences.length === 0, differences, result });
  else describe(cli, { record, result, differences });
  return differences.length === 0 ? exitCodes.ok : exitCodes.negative;
}

function plannedTrial({ record, sweep }: FoundTrial) {
  const { trialId, index, params, seed } = record;
  return { trialId, index, params, seed, experiment: sweep.experiment, experimentVersion: sweep.experimentVersion };
}

/** Every metric and every value of a trace that is not the same float64. */
function compare(record: Observation, result: OnceResult): readonly Difference[] {
  const names = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const metrics = names(record.metrics, result.metrics).map((name) => ({
    place: name,
    recorded: record.metrics[name],
    now: result.metrics[name],
  }));
  const traces = names(record.traces, result.traces).flatMap((name) => {
    const [recorded = [], now = []] = [record.traces[name], result.traces[name]];
    return Array.from({ length: Math.max(recorded.length, now.length) }, (_, step) => ({
      place: `${name}[${step}]`,
      recorded: recorded[step],
      now: now[step],
    }));
  });
  return [...metrics, ...traces].filter(({ recorded, now }) => !Object.is(recorded, now));
}

function describe(
  { terminal }: Cli,
  {
    record,
    result,
    differences,
  }: { readonly record: Observation; readonly result: OnceResult; readonly differences: readonly Difference[] },
): void {
  if (differences.length === 0) {
    const count = `${plural(Object.keys(result.metrics).length, 'metric')} and ${plural(Object.keys(result.traces).length, 'trace')}`;
    terminal.print(`${terminal.style('green', '✓')} The same bytes: ${count} of ${record.trialId}.`);
    return;
  }
  terminal.print(
    `${terminal.style('red', '✗')} ${plural(differences.length, 'number')} of ${record.trialId} came out otherwise:`,
  );
  for (const { place, recorded, now } of differences.slice(0, shownDifferences)) {
    terminal.print(`  ${place}: recorded ${exact(recorded)}, now ${exact(now)}${relative(recorded, now)}`);
  }
  if (differences.length > shownDifferences) terminal.print(`  … and ${differences.length - shownDifferences} more`);
  const [then, here] = [describeEngine(record.engine), describeEngine(result.engine)];
  if (then !== here) terminal.print(`  recorded with ${then}; now with ${here}`);
}

function exact(value: Measured | undefined): string {
  return value === undefined ? 'nothing' : value === null ? 'not finite' : String(value);
}

function relative(recorded: Measured | undefined, now: Measured | undefined): string {
  if (typeof recorded !== 'number' || typeof now !== 'number' || recorded === 0) return '';
  return ` (relative difference ${formatMeasured(Math.abs(now / recorded - 1))})`;
}

function describeEngine({ engine, device, precision, threads, versions }: Observation['engine']): string {
  const libraries = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return [engine, device, precision, plural(threads, 'thread'), ...libraries].join(', ');
}
