import type { ParameterValue, Parameters } from '@natsweep/sweep';
import { pointsOf } from './points.ts';

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
  const groups: (Group<T> & { readonly items: T[] })[] = [];
  const root: Level<T> = {};
  const groupOf = new Map<Parameters, T[]>();
  for (const params of pointsOf(items)) {
    const values = parameters.map((name) => params[name]);
    let level = root;
    for (const value of values) level = step(level, value);
    if (level.members === undefined) groups.push({ values, items: (level.members = []) });
    groupOf.set(params, level.members);
  }
  for (const item of items) groupOf.get(item.params)!.push(item);
  const rank = (value: ParameterValue | undefined, i: number) => (value === undefined ? -1 : ranks[i]!.get(value)!);
  return groups.sort((a, b) => {
    const differs = a.values.findIndex((value, i) => value !== b.values[i]);
    return differs < 0 ? 0 : rank(a.values[differs], differs) - rank(b.values[differs], differs);
  });
}

/** What begins with the same values. */
interface Level<T> {
  next?: Map<ParameterValue | undefined, Level<T>>;
  members?: T[];
}

function step<T>(level: Level<T>, value: ParameterValue | undefined): Level<T> {
  const known = (level.next ??= new Map());
  let next = known.get(value);
  if (next === undefined) known.set(value, (next = {}));
  return next;
}
