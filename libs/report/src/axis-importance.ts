import type { MeasuredTrial } from '@natsweep/results';
import { groupByParams, type Group } from './grouping.ts';
import { onScale, type Objective } from './objective.ts';

export interface AxisImportance {
  readonly parameter: string;
  /** ω², in [0, 1]. */
  readonly share: number;
}

/**
 * The share of the objective's variance (of its logarithm on a log scale) that each axis explains alone, one-way ω²:
 *
 *   ω² = (SS_between − (k − 1) MS_within) / (SS_total + MS_within)
 *
 * for the k values of the axis (Hays 1963), 0 where that is negative. Unlike η² it is not inflated by axes with many
 * values. SS_total is over all trials, the others over those that have the axis. What the shares leave to 1 is
 * interaction of axes, and seeds. Most important first.
 */
export function axisImportance(objective: Objective, parameters: readonly string[]): readonly AxisImportance[] {
  const { trials } = objective;
  const total = squaresOf(objective, trials);
  return parameters
    .map((parameter) => {
      const groups = groupByParams(trials, [parameter]).filter(({ values: [value] }) => value !== undefined);
      const count = groups.reduce((sum, { items }) => sum + items.length, 0);
      const having = () => trials.filter(({ params }) => params[parameter] !== undefined);
      const own = count === trials.length ? total : squaresOf(objective, having());
      const within = groups.reduce((sum, { items }) => sum + squaresOf(objective, items), 0);
      return { parameter, share: omegaSquared(groups, { within, own, total }) };
    })
    .sort((a, b) => b.share - a.share);
}

interface SumsOfSquares {
  readonly within: number;
  readonly own: number;
  readonly total: number;
}

function omegaSquared(groups: readonly Group<unknown>[], { within, own, total }: SumsOfSquares): number {
  const freedom = groups.reduce((sum, { items }) => sum + items.length - 1, 0);
  const meanWithin = freedom > 0 ? within / freedom : 0;
  const share = total > 0 ? (own - within - (groups.length - 1) * meanWithin) / (total + meanWithin) : 0;
  return Math.min(1, Math.max(0, share));
}

/** Sum of squared differences of the objective from its mean. */
function squaresOf(objective: Objective, trials: Objective['trials']): number {
  const valueOf = (trial: MeasuredTrial) => onScale(objective, objective.ofTrial(trial));
  const mean = trials.reduce((sum, trial) => sum + valueOf(trial), 0) / trials.length;
  return trials.reduce((sum, trial) => sum + (valueOf(trial) - mean) ** 2, 0);
}
