import type { TrialRow } from '@natsweep/results';
import type { ParameterValue } from '@natsweep/sweep';

import { formatNumber } from '../terminal/format.ts';
import type { Column } from '../terminal/table.ts';
import type { Style, Terminal } from '../terminal/terminal.ts';
import { formatParameter, parameterColumns, shortId } from '../trials-table.ts';
import { metricNames } from './selection.ts';
import type { RecordedSweep } from './recorded-sweep.ts';

const outcomeStyles: Readonly<Record<string, Style>> = {
  converged: 'green',
  diverged: 'yellow',
  'step-limit': 'cyan',
  stopped: 'dim',
};

/** Columns for people: what varies, how it ended, and the chosen metrics (all of them unless named). */
export function readableColumns(
  terminal: Terminal,
  sweep: RecordedSweep,
  metrics: readonly string[] | undefined,
): readonly Column<TrialRow>[] {
  return [
    { header: 'TRIAL', cell: ({ trialId }) => shortId(trialId), whole: true },
    ...parameterColumns<TrialRow>(sweep.declaration, varyingParameters(sweep), ({ params }) => params),
    ...(sweep.spec.repeats > 1
      ? [{ header: 'seed', cell: ({ seed }: TrialRow) => String(seed), align: 'right' as const }]
      : []),
    {
      header: 'OUTCOME',
      cell: describeEnd,
      whole: true,
      essential: true,
      paint: (text, row) => terminal.style(row.kind === 'failed' ? 'red' : (outcomeStyles[row.outcome] ?? 'dim'), text),
    },
    ...(metrics ?? metricNames(sweep)).map((name, m) => ({
      header: name,
      cell: (row: TrialRow) => (row.kind === 'failed' ? '' : formatMeasured(row.metrics[name])),
      plain: (row: TrialRow) => (row.kind === 'failed' ? '' : String(row.metrics[name] ?? '')),
      align: 'right' as const,
      essential: m === 0,
    })),
  ];
}

/** One flat record per trial with every parameter and metric, for CSV and JSON. */
export function flatRecord(row: TrialRow, sweep: RecordedSweep): Record<string, ParameterValue | null> {
  const observed = row.kind === 'observation' ? row : undefined;
  const failed = row.kind === 'failed' ? row : undefined;
  const parameters = Object.keys(sweep.declaration.parameters.shape);
  return {
    index: row.index,
    trialId: row.trialId,
    seed: row.seed,
    ...Object.fromEntries(parameters.map((name) => [name, row.params[name] ?? null])),
    outcome: observed?.outcome ?? null,
    failure: failed?.failure ?? null,
    ...Object.fromEntries(metricNames(sweep).map((name) => [name, observed?.metrics[name] ?? null])),
    elapsedSeconds: row.attempt.elapsedSeconds,
    attempts: row.attempt.attempt,
    worker: row.attempt.worker,
    engine: observed?.engine.engine ?? null,
    message: failed?.message ?? null,
  };
}

export function varyingParameters({ spec }: RecordedSweep): readonly string[] {
  return spec.axes.map(({ parameter }) => parameter);
}

/** Parameters that every trial of the sweep shares and that its file sets. */
export function describeFixed({ spec }: RecordedSweep): string {
  return Object.entries(spec.fixed)
    .map(([name, value]) => `${name}=${formatParameter(value)}`)
    .join(' ');
}

export function formatMeasured(value: number | null | undefined): string {
  return value === undefined ? '' : value === null ? '-' : formatNumber(value);
}

function describeEnd(row: TrialRow): string {
  return row.kind === 'failed' ? `failed: ${row.failure}` : row.outcome;
}
