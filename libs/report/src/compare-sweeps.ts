import type { ResultsStore, Selection } from '@natsweep/results';
import { presentParameters } from '@natsweep/sweep';
import { compareTrials, type CompareOptions, type Comparison } from './compare.ts';
import { ComparedTrials } from './compared-trials.ts';
import { comparisonTable } from './comparison-table.ts';
import { comparisonFigure } from './figures/comparison-figure.ts';
import type { RenderedFigure } from './figures/frame.ts';
import { objectiveMetric } from './objective.ts';
import { findRecordedSweep, type RecordedSweep } from './recorded-sweep.ts';
import type { Table } from './table.ts';

export interface CompareSweepsOptions extends Pick<CompareOptions, 'by' | 'baseline' | 'ignore'> {
  /** Default: the objective of the first sweep. */
  readonly metric?: string;
  /** Default: the goal of the first sweep's objective. */
  readonly goal?: CompareOptions['goal'];
  /** Only these trials. Default: all. */
  readonly selection?: Selection;
}

export interface ComparedSweeps {
  readonly comparison: Comparison;
  readonly table: Table;
  /** Absent where no pair has finite values. */
  readonly figure?: RenderedFigure;
}

/** There is nothing to compare: the message names the parameter, metric or baseline that is not there. */
export class ComparisonError extends Error {
  override readonly name = 'ComparisonError';
}

/**
 * Compares the values of a parameter over one or more sweeps of an experiment; `by: "sweep"` compares the sweeps
 * themselves. Throws `UnknownSweepError` and `ComparisonError`.
 */
export async function compareSweeps(
  store: ResultsStore,
  sweeps: readonly string[],
  options: CompareSweepsOptions,
): Promise<ComparedSweeps> {
  const recorded = [];
  for (const name of sweeps) recorded.push(await findRecordedSweep(store, name));
  const [first] = recorded;
  if (first === undefined) throw new ComparisonError('Name at least one sweep to compare.');
  const stranger = recorded.find(({ sweep }) => sweep.experiment !== first.sweep.experiment);
  if (stranger !== undefined) {
    const { name, experiment } = stranger.sweep;
    throw new ComparisonError(
      `Sweep ${name} is of experiment ${experiment}, ${sweeps[0]} of ${first.sweep.experiment}.`,
    );
  }
  const objective = objectiveMetric(first);
  const metric = options.metric ?? objective?.metric;
  if (metric === undefined || !Object.hasOwn(first.declaration.metrics, metric)) {
    const known = Object.keys(first.declaration.metrics).join(', ');
    throw new ComparisonError(
      `Experiment ${first.sweep.experiment} reports no metric ${metric ?? ''}; it reports ${known}.`,
    );
  }
  const goal = options.goal ?? objective?.goal ?? 'minimize';
  const trials = await readTrials(store, recorded, { ...options, metric });
  const comparison = compareTrials(trials, {
    ...{ by: options.by, metric, goal },
    ...(options.baseline === undefined ? {} : { baseline: options.baseline }),
    ...(options.ignore === undefined ? {} : { ignore: options.ignore }),
  });
  if (comparison === undefined || comparison.rows.length === 0) {
    const what = options.baseline === undefined ? options.by : `${options.by} ${options.baseline}`;
    throw new ComparisonError(
      `Nothing to compare by ${what}: the trials observed so far have fewer than two such values.`,
    );
  }
  const figure = comparisonFigure(comparison);
  return { comparison, table: comparisonTable(comparison), ...(figure === undefined ? {} : { figure }) };
}

/** Of each trial no more than is compared: a million fit into memory. */
async function readTrials(
  store: ResultsStore,
  recorded: readonly RecordedSweep[],
  { by, metric, selection }: Pick<CompareSweepsOptions, 'by' | 'selection'> & { readonly metric: string },
): Promise<ComparedTrials> {
  const trials = new ComparedTrials();
  // equal trials of several sweeps count once, unless it is the sweeps that are compared
  const seen = recorded.length > 1 && by !== 'sweep' ? new Set<string>() : undefined;
  let planned = 0;
  for (const { sweep, spec, declaration } of recorded) {
    const present = presentParameters(spec, declaration);
    const placed: typeof present = by === 'sweep' ? (params) => ({ ...present(params), sweep: sweep.name }) : present;
    for await (const page of store.measured(sweep.name, { ...selection, metrics: [metric] }))
      for (const { trialId, index, params, seed, metrics } of page) {
        if (seen?.has(trialId) === true) continue;
        seen?.add(trialId);
        trials.add({ position: planned + index, params, seed, value: metrics[metric] ?? null }, placed);
      }
    planned += sweep.planned;
  }
  return trials;
}
