import { valuesOf } from './grouping.ts';
import type { SweepResults } from './sweep-results.ts';

const MAX_SERIES = 8;

/** The swept parameters that took more than one value, in the order of the sweep file. */
export function sweptParameters({ spec, placed }: SweepResults): readonly string[] {
  return spec.axes.map(({ parameter }) => parameter).filter((name) => valuesOf(placed, name).length > 1);
}

/** The parameter that colours stand for: the rule or method where it is swept, else the first that has names as values. */
export function seriesAxis({ placed }: SweepResults, parameters: readonly string[]): string | undefined {
  const candidates = parameters.filter((parameter) => {
    const values = valuesOf(placed, parameter);
    return values.length <= MAX_SERIES && values.every((value) => typeof value === 'string');
  });
  return ['approximation', 'method'].find((name) => candidates.includes(name)) ?? candidates[0];
}
