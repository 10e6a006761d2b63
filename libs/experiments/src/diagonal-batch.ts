import type { ExperimentTrial } from './experiment.ts';

/**
 * Trials laid out as one tensor program: `groups[s][k]` is column k of data set s. Trials with equal data form the columns of
 * one data set, so that their products with the inputs are one matrix product; short groups are padded with their last
 * trial, whose copies are computed and dropped.
 */
export interface TrialLayout<Params> {
  readonly groups: readonly (readonly ExperimentTrial<Params>[])[];
  readonly columns: number;
}

/** Splits a batch into layouts of at most `maxInputs` input values each; a data set is never split. */
export function layOut<Params>(
  trials: readonly ExperimentTrial<Params>[],
  options: {
    readonly dataKey: (trial: ExperimentTrial<Params>) => string;
    readonly inputsPerDataset: number;
    readonly maxInputs: number;
  },
): TrialLayout<Params>[] {
  const byData = new Map<string, ExperimentTrial<Params>[]>();
  for (const trial of trials) {
    const key = options.dataKey(trial);
    byData.set(key, [...(byData.get(key) ?? []), trial]);
  }
  const perLayout = Math.max(1, Math.floor(options.maxInputs / options.inputsPerDataset));
  const all = [...byData.values()];
  const layouts: TrialLayout<Params>[] = [];
  for (let first = 0; first < all.length; first += perLayout) {
    const groups = all.slice(first, first + perLayout);
    layouts.push({ groups, columns: Math.max(...groups.map((group) => group.length)) });
  }
  return layouts;
}

/** A value per trial as [datasets, 1, columns], row-major. */
export function perTrial<Params>(
  layout: TrialLayout<Params>,
  value: (trial: ExperimentTrial<Params>) => number,
): Float64Array {
  return Float64Array.from(
    layout.groups.flatMap((group) => Array.from({ length: layout.columns }, (_, k) => value(padded(group, k)))),
  );
}

/** Column k of a group, its last trial where the group is shorter. */
export function padded<T>(group: readonly T[], k: number): T {
  return group[Math.min(k, group.length - 1)]!;
}

/** Column k of matrix s of a row-major [datasets, rows, columns]. */
export function columnOf(
  values: Float64Array,
  at: { readonly dataset: number; readonly column: number; readonly rows: number; readonly columns: number },
): Float64Array {
  const start = at.dataset * at.rows * at.columns + at.column;
  return Float64Array.from({ length: at.rows }, (_, row) => values[start + row * at.columns]!);
}
