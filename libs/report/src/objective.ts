import type { RecordedMeasurement, SweepResults } from './sweep-results.ts';

/** The number that a sweep is about, as the exploring plots see it. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly description: string;
  /** Log where all values are positive and span more than a decade and a half. */
  readonly scale: 'linear' | 'log';
  /** The trials that measured it, with its value. */
  readonly trials: readonly { readonly trial: RecordedMeasurement; readonly value: number }[];
}

/** The spec's objective, else what the experiment's figures measure, else its first metric; undefined if it has none. */
export function objectiveOf({ spec, declaration, measurements }: SweepResults): Objective | undefined {
  const drawn = declaration.figures.find((figure) => figure.kind === 'metric')?.measured;
  const metric = spec.objective?.metric ?? drawn ?? Object.keys(declaration.metrics)[0];
  if (metric === undefined) return undefined;
  const trials = measurements.flatMap((trial) => {
    const value = trial.metrics[metric];
    return typeof value === 'number' ? [{ trial, value }] : [];
  });
  const lowest = trials.reduce((low, { value }) => Math.min(low, value), Infinity);
  const highest = trials.reduce((high, { value }) => Math.max(high, value), -Infinity);
  return {
    metric,
    goal: spec.objective?.goal ?? 'minimize',
    description: declaration.metrics[metric]?.description ?? '',
    scale: lowest > 0 && highest / lowest > 10 ** 1.5 ? 'log' : 'linear',
    trials,
  };
}

/** Where the objective's variance is measured: its logarithm on a log scale. */
export function onScale({ scale }: Objective, value: number): number {
  return scale === 'log' ? Math.log10(value) : value;
}

/** Best first. */
export function ranked({ trials, goal }: Objective): Objective['trials'] {
  const sign = goal === 'minimize' ? 1 : -1;
  return [...trials].sort((a, b) => sign * (a.value - b.value) || a.trial.index - b.trial.index);
}
