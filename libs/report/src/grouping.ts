import type { ParameterValue, Parameters } from '@natsweep/sweep';

/** The distinct values of a parameter, numbers ascending, others in order of appearance. */
export function valuesOf(
  items: Iterable<{ readonly params: Parameters }>,
  parameter: string,
): readonly ParameterValue[] {
  const values = new Set<ParameterValue>();
  for (const params of pointsOf(items)) {
    const value = params[parameter];
    if (value !== undefined) values.add(value);
  }
  const list = [...values];
  return list.every((value) => typeof value === 'number') ? list.sort((a, b) => Number(a) - Number(b)) : list;
}

const points = new WeakMap<object, ReadonlySet<Parameters>>();

/** The parameters that occur; trials of one point share them. Kept as long as the list of items is. */
function pointsOf(items: Iterable<{ readonly params: Parameters }>): ReadonlySet<Parameters> {
  let found = points.get(items);
  if (found === undefined) {
    const set = new Set<Parameters>();
    for (const { params } of items) set.add(params);
    points.set(items, (found = set));
  }
  return found;
}

export interface Group<T> {
  /** The values of the grouping parameters, in their order; undefined where the items do not have the parameter. */
  readonly values: readonly (ParameterValue | undefined)[];
  readonly items: readonly T[];
}

/** Items that agree in all the named parameters; groups are ordered as `valuesOf` orders each, those without it first. */
export function groupByParams<T extends { readonly params: Parameters }>(
  items: readonly T[],
  parameters: readonly string[],
): readonly Group<T>[] {
  const ranks = parameters.map((name) => new Map(valuesOf(items, name).map((value, rank) => [value, rank])));
  const groups = new Map<string, { values: Group<T>['values']; items: T[] }>();
  const groupOf = new Map<Parameters, T[]>();
  for (const item of items) {
    let members = groupOf.get(item.params);
    if (members === undefined) {
      const values = parameters.map((parameter) => item.params[parameter]);
      const key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, items: [] };
      groups.set(key, group);
      groupOf.set(item.params, (members = group.items));
    }
    members.push(item);
  }
  const rank = (value: ParameterValue | undefined, i: number) => (value === undefined ? -1 : ranks[i]!.get(value)!);
  return [...groups.values()].sort((a, b) => {
    const differs = a.values.findIndex((value, i) => value !== b.values[i]);
    return differs < 0 ? 0 : rank(a.values[differs], differs) - rank(b.values[differs], differs);
  });
}
