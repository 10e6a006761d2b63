import { typeset } from './typeset.ts';
import type { RecordedMeasurement, SweepResults } from './sweep-results.ts';

/** The number that a sweep is about, as the exploring plots see it. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly description: string;
  /** See `spansDecades`. */
  readonly scale: 'linear' | 'log';
  /** The trials that measured it, with its value. */
  readonly trials: readonly { readonly trial: RecordedMeasurement; readonly value: number }[];
}

/** The spec's objective, else what the experiment's figures measure, else its first metric; undefined if it has none. */
export function objectiveOf({ spec, declaration, placed }: SweepResults): Objective | undefined {
  const drawn = declaration.figures.find((figure) => figure.kind === 'metric')?.measured;
  const metric = spec.objective?.metric ?? drawn ?? Object.keys(declaration.metrics)[0];
  if (metric === undefined) return undefined;
  const trials = placed.flatMap((trial) => {
    const value = trial.metrics[metric];
    return typeof value === 'number' ? [{ trial, value }] : [];
  });
  return {
    metric,
    goal: spec.objective?.goal ?? 'minimize',
    description: typeset(declaration.metrics[metric]?.description ?? ''),
    scale: spansDecades(trials.map(({ value }) => value)) ? 'log' : 'linear',
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

/** At most about `count` trials: a quarter of them the best, the others an even choice of all ranks; best first. */
export function bestAndEven(objective: Objective, count: number): Objective['trials'] {
  const order = ranked(objective);
  return order.filter((_, i) => i < count / 4 || i % Math.ceil(order.length / (0.75 * count)) === 0);
}

/** Whether values are better shown by their logarithm: all are positive, and they span more than a decade and a half. */
export function spansDecades(values: readonly number[]): boolean {
  const lowest = values.reduce((low, value) => Math.min(low, value), Infinity);
  const highest = values.reduce((high, value) => Math.max(high, value), -Infinity);
  return lowest > 0 && highest / lowest > 10 ** 1.5;
}
