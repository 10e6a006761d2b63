import type { MeasuredTrial } from '@natsweep/results';
import type { RecordedSweep } from './recorded-sweep.ts';
import { typeset } from './typeset.ts';

/** The number that a sweep is about, as the exploring plots see it. */
export interface Objective {
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly description: string;
  /** See `spansDecades`. */
  readonly scale: 'linear' | 'log';
  /** The trials that measured it. */
  readonly trials: readonly MeasuredTrial[];
  readonly ofTrial: (trial: MeasuredTrial) => number;
}

/** The spec's objective, else what the experiment's figures measure, else its first metric; undefined if it has none. */
export function objectiveMetric({
  spec,
  declaration,
}: Pick<RecordedSweep, 'spec' | 'declaration'>): Pick<Objective, 'metric' | 'goal'> | undefined {
  const drawn = declaration.figures.find((figure) => figure.kind === 'metric')?.measured;
  const metric = spec.objective?.metric ?? drawn ?? Object.keys(declaration.metrics)[0];
  return metric === undefined ? undefined : { metric, goal: spec.objective?.goal ?? 'minimize' };
}

/** The objective with what the trials of a sweep, as they are placed, have of it. */
export function objectiveOf(
  recorded: Pick<RecordedSweep, 'spec' | 'declaration'>,
  placed: readonly MeasuredTrial[],
): Objective | undefined {
  const asked = objectiveMetric(recorded);
  if (asked === undefined) return undefined;
  const { metric, goal } = asked;
  const trials = placed.filter(({ metrics }) => typeof metrics[metric] === 'number');
  const ofTrial = ({ metrics }: MeasuredTrial) => metrics[metric] as number;
  return {
    metric,
    goal,
    description: typeset(recorded.declaration.metrics[metric]?.description ?? ''),
    scale: spansDecades(trials.map(ofTrial)) ? 'log' : 'linear',
    trials,
    ofTrial,
  };
}

/** Where the objective's variance is measured: its logarithm on a log scale. */
export function onScale({ scale }: Objective, value: number): number {
  return scale === 'log' ? Math.log10(value) : value;
}

const orders = new WeakMap<Objective, Objective['trials']>();

/** Best first. */
export function ranked(objective: Objective): Objective['trials'] {
  let order = orders.get(objective);
  if (order === undefined) {
    const { trials, goal, ofTrial } = objective;
    const sign = goal === 'minimize' ? 1 : -1;
    order = [...trials].sort((a, b) => sign * (ofTrial(a) - ofTrial(b)) || a.index - b.index);
    orders.set(objective, order);
  }
  return order;
}

/** At most about `count` trials: a quarter of them the best, the others an even choice of all ranks; best first. */
export function bestAndEven(objective: Objective, count: number): Objective['trials'] {
  const order = ranked(objective);
  return order.filter((_, i) => i < count / 4 || i % Math.ceil(order.length / (0.75 * count)) === 0);
}

/** Whether values are better shown by their logarithm: all are positive, and they span more than a decade and a half. */
export function spansDecades(values: Iterable<number>): boolean {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const value of values) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
  }
  return lowest > 0 && highest / lowest > 10 ** 1.5;
}
