import type { ParameterValue, Parameters } from '@natsweep/sweep';
import { pointsOf } from './points.ts';

/** The distinct values of a parameter, numbers ascending, others in order of appearance. */
export function valuesOf(
  items: readonly { readonly params: Parameters }[],
  parameter: string,
): readonly ParameterValue[] {
  return distinctValues(pointsOf(items).params, parameter);
}

/** As `valuesOf`, of the parameters that occur. */
export function distinctValues(points: Iterable<Parameters>, parameter: string): readonly ParameterValue[] {
  const values = new Set<ParameterValue>();
  for (const params of points) {
    const value = params[parameter];
    if (value !== undefined) values.add(value);
  }
  return inOrder(values);
}

/** Numbers ascending, others as they come. */
export function inOrder(values: Iterable<ParameterValue>): readonly ParameterValue[] {
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
  const groups: { readonly values: Group<T>['values']; count: number; items: T[] }[] = [];
  const root: Level = {};
  const points = pointsOf(items);
  const groupOf = points.params.map((params) => {
    const level = parameters.reduce((before, name) => step(before, params[name]), root);
    if (level.group === undefined) {
      const values = parameters.map((name) => params[name]);
      level.group = groups.push({ values, count: 0, items: [] }) - 1;
    }
    return groups[level.group]!;
  });
  points.ofItem.forEach((point) => groupOf[point]!.count++);
  for (const group of groups) {
    group.items = new Array<T>(group.count);
    group.count = 0;
  }
  points.ofItem.forEach((point, item) => {
    const group = groupOf[point]!;
    group.items[group.count++] = items[item]!;
  });
  const rank = (value: ParameterValue | undefined, i: number) => (value === undefined ? -1 : ranks[i]!.get(value)!);
  return groups.sort((a, b) => {
    const differs = a.values.findIndex((value, i) => value !== b.values[i]);
    return differs < 0 ? 0 : rank(a.values[differs], differs) - rank(b.values[differs], differs);
  });
}

/** What begins with the same values. */
interface Level {
  next?: Map<ParameterValue | undefined, Level>;
  /** The place of the group. */
  group?: number;
}

function step(level: Level, value: ParameterValue | undefined): Level {
  const known = (level.next ??= new Map());
  let next = known.get(value);
  if (next === undefined) known.set(value, (next = {}));
  return next;
}
