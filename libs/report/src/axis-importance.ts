import type { Parameters } from '@natsweep/sweep';
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
  const items = objective.trials.map(({ trial, value }) => ({ params: trial.params, y: onScale(objective, value) }));
  const total = squares(items);
  return parameters
    .map((parameter) => {
      const having = items.filter(({ params }) => params[parameter] !== undefined);
      return { parameter, share: omegaSquared(groupByParams(having, [parameter]), squares(having), total) };
    })
    .sort((a, b) => b.share - a.share);
}

interface Item {
  readonly params: Parameters;
  readonly y: number;
}

function omegaSquared(groups: readonly Group<Item>[], own: number, total: number): number {
  const within = groups.reduce((sum, { items }) => sum + squares(items), 0);
  const freedom = groups.reduce((sum, { items }) => sum + items.length - 1, 0);
  const meanWithin = freedom > 0 ? within / freedom : 0;
  const share = total > 0 ? (own - within - (groups.length - 1) * meanWithin) / (total + meanWithin) : 0;
  return Math.min(1, Math.max(0, share));
}

/** Sum of squared differences from the mean. */
function squares(items: readonly Item[]): number {
  const mean = items.reduce((sum, { y }) => sum + y, 0) / items.length;
  return items.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
}
