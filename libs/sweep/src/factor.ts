import type { Condition } from './expression.ts';
import type { ParameterValue, Parameters } from './trial.ts';

/**
 * One independent digit of the grid before coupling: an axis, or zipped axes that advance together. Position p sets
 * `parameters[j]` to `columns[j][p]`.
 */
export interface Factor {
  readonly parameters: readonly string[];
  readonly columns: readonly (readonly ParameterValue[])[];
  /** Number of positions. */
  readonly length: number;
  readonly structural: boolean;
  /** Where these do not all hold, the factor has the single position 0 and its parameter its default. */
  readonly when: readonly Condition[];
}

/** Sets the factor's parameters, or leaves the defaults that are in `params` if the factor is absent there. */
export function applyFactor(factor: Factor, position: number, params: Record<string, ParameterValue>): void {
  for (const [j, parameter] of factor.parameters.entries()) params[parameter] = factor.columns[j]![position]!;
}

export function isPresent(factor: Factor, params: Parameters): boolean {
  return factor.when.every((condition) => condition.holds(params));
}
