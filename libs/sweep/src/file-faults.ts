import type { ExperimentContract } from './contract.ts';
import { nearest } from './nearest.ts';
import type { ParameterType } from './parameter-type.ts';
import type { KeyPath } from './problem.ts';
import type { FileFault } from './schema-faults.ts';
import type { Axis, DiscreteAxis } from './spec.ts';
import type { SweepFile } from './sweep-file.ts';

type Types = ReadonlyMap<string, ParameterType>;

/** Entries of the file by parameter, each with its path: a size moves them. */
export type Placed<T> = ReadonlyMap<string, { readonly entry: T; readonly path: KeyPath }>;

export function unknownParameters(entries: Iterable<[string, { path: KeyPath }]>, types: Types): readonly FileFault[] {
  return [...entries]
    .filter(([parameter]) => !types.has(parameter))
    .map(([name, { path }]) => unknownParameter(name, path, types));
}

function unknownParameter(name: string, path: KeyPath, types: Types): FileFault {
  if (name === 'seed') {
    const message = 'seeds are not a parameter; give repeats: and, for the first seed, seed: at top level';
    return { path, at: 'key', message };
  }
  const suggestion = nearest(name, types.keys());
  const known = suggestion === undefined ? `; there are ${[...types.keys()].join(', ')}` : '';
  return { path, at: 'key', message: `unknown parameter${known}`, suggestion };
}

export function inBoth(axes: object, fixed: object, place: KeyPath): readonly FileFault[] {
  return Object.keys(fixed)
    .filter((parameter) => Object.hasOwn(axes, parameter))
    .map((parameter) => ({ path: [...place, parameter], at: 'key', message: 'is both an axis and fixed; remove one' }));
}

export function missing(types: Types, axes: Placed<unknown>, fixed: Placed<unknown>): readonly FileFault[] {
  return [...types]
    .filter(
      ([name, type]) =>
        type.default === undefined && type.check(undefined) !== undefined && !axes.has(name) && !fixed.has(name),
    )
    .map(([name]) => ({
      path: ['fixed', name],
      message: 'missing: this parameter has no default; give it under axes or fixed',
    }));
}

export function zipFaults({ zip = [] }: SweepFile, axes: readonly Axis[]): readonly FileFault[] {
  const used = new Set<string>();
  return zip.flatMap((group, g): readonly FileFault[] => {
    const members = group.map((name) => axes.find(({ parameter }) => parameter === name));
    const strange = group.findIndex((name, i) => members[i] === undefined || used.has(name));
    if (strange >= 0) {
      const name = group[strange]!;
      const suggestion = nearest(
        name,
        axes.map(({ parameter }) => parameter),
      );
      const path = ['zip', g, strange];
      return used.has(name)
        ? [{ path, message: `${name} is in two places of zip` }]
        : [{ path, message: `${name} is not an axis`, suggestion }];
    }
    for (const name of group) used.add(name);
    if (new Set(group).size < group.length)
      return [{ path: ['zip', g], message: 'an axis stands twice in this group' }];
    if (members.some((axis) => axis!.kind === 'continuous'))
      return [{ path: ['zip', g], message: 'zipped axes are lists of values' }];
    const conditions = members.map((axis) => axis!.when);
    if (new Set(conditions).size > 1) {
      const shown = group.map(
        (name, i) => `${name} has ${conditions[i] === undefined ? 'none' : `"${conditions[i]}"`}`,
      );
      const message = `zipped axes are present together and need the same "when"; ${shown.join(', ')}`;
      return [{ path: ['zip', g], message }];
    }
    const lengths = members.map((axis) => (axis!.kind === 'discrete' ? axis!.values.length : 0));
    if (new Set(lengths).size === 1) return repeatedPoint(members as readonly DiscreteAxis[], ['zip', g]);
    const shown = group.map((name, i) => `${name} has ${lengths[i]}`).join(', ');
    return [{ path: ['zip', g], message: `zipped axes need equally many values; ${shown}` }];
  });
}

function repeatedPoint(members: readonly DiscreteAxis[], path: KeyPath): readonly FileFault[] {
  const positions = new Map<string, number>();
  for (const i of members[0]!.values.keys()) {
    const values = members.map((axis) => axis.values[i]!);
    const first = positions.get(JSON.stringify(values));
    if (first !== undefined) {
      const shown = members.map(({ parameter }, m) => `${parameter} ${values[m]}`).join(', ');
      return [{ path, message: `${shown} stands twice in this group (already at position ${first + 1})` }];
    }
    positions.set(JSON.stringify(values), i);
  }
  return [];
}

export function searchFaults({ search, trials, order }: SweepFile, override: number | undefined): readonly FileFault[] {
  const count = override ?? trials;
  if (search === 'grid' && trials !== undefined) {
    return [
      {
        path: ['trials'],
        at: 'key',
        message: 'a grid has as many points as its axes give; trials goes with search: random or sobol',
      },
    ];
  }
  if (search === 'grid') return [];
  if (count === undefined)
    return [{ path: ['search'], message: `search: ${search} needs trials: the number of points to draw` }];
  return order === 'shuffled'
    ? [{ path: ['order'], message: `search: ${search} has an order of its own; remove order` }]
    : [];
}

export function objectiveFaults({ objective }: SweepFile, { metrics, name }: ExperimentContract): readonly FileFault[] {
  if (objective === undefined || metrics === undefined || Object.hasOwn(metrics, objective.metric)) return [];
  const known = Object.keys(metrics);
  const message = `${name} reports no metric ${objective.metric}; it reports ${known.join(', ')}`;
  return [{ path: ['objective', 'metric'], message, suggestion: nearest(objective.metric, known) }];
}
