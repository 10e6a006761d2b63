import { groupByParams } from './grouping.ts';
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
 * values. What the shares leave to 1 is interaction of axes, and seeds. Most important first.
 */
export function axisImportance(objective: Objective, parameters: readonly string[]): readonly AxisImportance[] {
  const items = objective.trials.map(({ trial, value }) => ({ params: trial.params, y: onScale(objective, value) }));
  const meanOf = (values: readonly { readonly y: number }[]) =>
    values.reduce((sum, { y }) => sum + y, 0) / values.length;
  const mean = meanOf(items);
  const total = items.reduce((sum, { y }) => sum + (y - mean) ** 2, 0);
  const shares = parameters.map((parameter) => {
    const groups = groupByParams(items, [parameter]);
    const between = groups.reduce((sum, { items: members }) => sum + members.length * (meanOf(members) - mean) ** 2, 0);
    const freedom = items.length - groups.length;
    const within = freedom > 0 ? Math.max(0, total - between) / freedom : 0;
    const share = total > 0 ? (between - (groups.length - 1) * within) / (total + within) : 0;
    return { parameter, share: Math.min(1, Math.max(0, share)) };
  });
  return shares.sort((a, b) => b.share - a.share);
}
