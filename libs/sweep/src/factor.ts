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
  /** Where these do not all hold, the factor has a single position, and its parameters their defaults. */
  readonly when: readonly Condition[];
}

/** Sets the factor's parameters, or leaves the defaults that are in `params` if the factor is absent there. */
export function applyFactor(factor: Factor, position: number, params: Record<string, ParameterValue>): void {
  for (let j = 0; j < factor.parameters.length; j++) params[factor.parameters[j]!] = factor.columns[j]![position]!;
}

const positions = new WeakMap<Factor, ReadonlyMap<unknown, number>>();

/** The position that sets these parameters; undefined if none does. */
export function positionOf(factor: Factor, params: Parameters): number | undefined {
  const [first, ...others] = factor.parameters as readonly [string, ...string[]];
  const key = (value: (parameter: string, j: number) => unknown) =>
    others.length === 0 ? value(first, 0) : JSON.stringify(factor.parameters.map(value));
  let known = positions.get(factor);
  if (known === undefined) {
    known = new Map(
      Array.from({ length: factor.length }, (_, p) => [key((_parameter, j) => factor.columns[j]![p]), p]),
    );
    positions.set(factor, known);
  }
  return known.get(key((parameter) => params[parameter]));
}

export function isPresent(factor: Factor, params: Parameters): boolean {
  return factor.when.every((condition) => condition.holds(params));
}
