import { MAX_AXIS_VALUES, axisValues } from './axis-values.ts';
import type { ExperimentContract } from './contract.ts';
import { ExpressionError } from './expression-error.ts';
import { parseConditions } from './expression.ts';
import { nearest } from './nearest.ts';
import { parameterTypes, type ParameterType } from './parameter-type.ts';
import type { KeyPath } from './problem.ts';
import type { FileFault } from './schema-faults.ts';
import type { Axis, SweepSpec } from './spec.ts';
import type { AxisEntry, SweepFile, SweepSize } from './sweep-file.ts';
import type { ParameterValue } from './trial.ts';

const defaultLimits = { maxAttempts: 3, trialTimeoutSeconds: 600, pauseAfterFailures: 20 };

type Types = ReadonlyMap<string, ParameterType>;
type Placed<T> = ReadonlyMap<string, { readonly entry: T; readonly path: KeyPath }>;

/** What a file means at one size, and everything that is wrong with it; the spec is sound only if there are no faults. */
export function normalise(
  file: SweepFile,
  experiment: ExperimentContract,
  size: SweepSize,
): { readonly spec: SweepSpec; readonly faults: readonly FileFault[] } {
  const types = parameterTypes(experiment);
  const override = file.sizes[size] ?? {};
  const axisEntries = merge(file.axes, override.axes, override.fixed, { size, key: 'axes' });
  const fixedEntries = merge(file.fixed, override.fixed, override.axes, { size, key: 'fixed' });
  const faults: FileFault[] = [
    ...unknownParameters([...axisEntries, ...fixedEntries], types),
    ...inBoth(file.axes, file.fixed, ['fixed']),
    ...inBoth(override.axes ?? {}, override.fixed ?? {}, ['sizes', size, 'fixed']),
    ...missing(types, axisEntries, fixedEntries),
  ];
  const axes: Axis[] = [];
  for (const [parameter, { entry, path }] of axisEntries) {
    const type = types.get(parameter);
    if (type === undefined) continue;
    try {
      const axis = toAxis(parameter, entry, type);
      axes.push(axis);
      faults.push(...axisFaults(axis, { entry, path, type, types, search: file.search }));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      faults.push({ path, message: error.message });
    }
  }
  for (const [parameter, { entry, path }] of fixedEntries) {
    const fault = types.get(parameter)?.check(entry);
    if (fault !== undefined) faults.push({ path, ...fault });
  }
  const where = file.where === undefined ? [] : [file.where].flat();
  const wherePath = (i: number) => (Array.isArray(file.where) ? ['where', i] : ['where']);
  faults.push(
    ...where.flatMap((text, i) => conditionFaults(text, wherePath(i), types)),
    ...zipFaults(file, axes, axisEntries),
    ...searchFaults(file, override.trials),
    ...objectiveFaults(file, experiment),
  );

  const points = override.trials ?? file.trials ?? 1;
  const spec: SweepSpec = {
    name: size === 'small' ? file.name : `${file.name}-${size}`,
    description: file.description ?? '',
    experiment: experiment.name,
    experimentVersion: experiment.version,
    size,
    axes,
    zip: file.zip ?? [],
    fixed: Object.fromEntries([...fixedEntries].map(([parameter, { entry }]) => [parameter, entry])),
    where,
    repeats: override.repeats ?? file.repeats,
    seed: file.seed,
    order: file.order,
    search: file.search === 'grid' ? { kind: 'grid' } : { kind: file.search, points },
    objective: file.objective ?? null,
    limits: { ...defaultLimits, ...defined(file.limits), ...defined(override.limits ?? {}) },
    priority: file.priority,
    weight: file.weight,
    reuse: file.reuse,
  };
  return { spec, faults };
}

/** A size replaces whole entries and may move a parameter between `axes` and `fixed`. */
function merge<T>(
  base: Readonly<Record<string, T>>,
  override: Readonly<Record<string, T>> = {},
  moved: object = {},
  { size, key }: { readonly size: SweepSize; readonly key: string },
): Placed<T> {
  const kept = Object.entries(base).filter(([parameter]) => !Object.hasOwn(moved, parameter));
  return new Map<string, { entry: T; path: KeyPath }>([
    ...kept.map(([parameter, entry]) => [parameter, { entry, path: [key, parameter] }] as const),
    ...Object.entries(override).map(
      ([parameter, entry]) => [parameter, { entry, path: ['sizes', size, key, parameter] }] as const,
    ),
  ]);
}

function unknownParameters(entries: Iterable<[string, { path: KeyPath }]>, types: Types): readonly FileFault[] {
  return [...entries]
    .filter(([parameter]) => !types.has(parameter))
    .map(([parameter, { path }]) =>
      parameter === 'seed'
        ? {
            path,
            at: 'key',
            message: 'seeds are not a parameter; give repeats: and, for the first seed, seed: at top level',
          }
        : {
            path,
            at: 'key',
            message: 'unknown parameter',
            suggestion: nearest(parameter, types.keys()) ?? [...types.keys()].join(', '),
          },
    );
}

function inBoth(axes: object, fixed: object, place: KeyPath): readonly FileFault[] {
  return Object.keys(fixed)
    .filter((parameter) => Object.hasOwn(axes, parameter))
    .map((parameter) => ({ path: [...place, parameter], at: 'key', message: 'is both an axis and fixed; remove one' }));
}

function missing(types: Types, axes: Placed<unknown>, fixed: Placed<unknown>): readonly FileFault[] {
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

function toAxis(parameter: string, entry: AxisEntry, type: ParameterType): Axis {
  const when = Array.isArray(entry) || entry.when === undefined ? {} : { when: entry.when };
  if (!Array.isArray(entry) && entry.min !== undefined && entry.max !== undefined) {
    const { min, max, scale = 'linear' } = entry;
    return { kind: 'continuous', parameter, min, max, scale, integer: type.integer, ...when };
  }
  return { kind: 'discrete', parameter, values: axisValues(entry, type.integer), ...when };
}

interface AxisContext {
  readonly entry: AxisEntry;
  readonly path: KeyPath;
  readonly type: ParameterType;
  readonly types: Types;
  readonly search: SweepFile['search'];
}

function axisFaults(axis: Axis, context: AxisContext): readonly FileFault[] {
  const { entry, path, type, types, search } = context;
  const faults: FileFault[] = [];
  if (axis.kind === 'continuous') {
    if (search === 'grid')
      faults.push({
        path,
        message: 'a continuous range needs search: random or sobol; a grid takes linspace or logspace',
      });
    for (const end of ['min', 'max'] as const) {
      const fault = type.type === 'number' ? type.check(axis[end]) : { message: 'this parameter is not a number' };
      if (fault !== undefined) faults.push({ path: [...path, end], ...fault });
    }
  } else {
    faults.push(...valueFaults(axis.values, context));
  }
  if (axis.when !== undefined && !Array.isArray(entry)) {
    const place = [...path, 'when'];
    faults.push(...conditionFaults(axis.when, place, types, axis.parameter));
    if (type.default === undefined) {
      faults.push({
        path: place,
        message: `${axis.parameter} has no default to take where the axis is absent; every point needs it`,
      });
    }
  }
  return faults;
}

function valueFaults(values: readonly ParameterValue[], { entry, path, type }: AxisContext): readonly FileFault[] {
  const listPath = Array.isArray(entry) ? path : entry.values === undefined ? undefined : [...path, 'values'];
  const place = (i: number): KeyPath => (listPath === undefined ? path : [...listPath, i]);
  const prefix = (value: ParameterValue) => (listPath === undefined ? `the value ${value}: ` : '');
  if (values.length === 0) return [{ path, message: 'an axis needs at least one value' }];
  if (values.length > MAX_AXIS_VALUES) return [{ path, message: `an axis has at most ${MAX_AXIS_VALUES} values` }];
  const seen = new Map<ParameterValue, number>();
  const faults: FileFault[] = [];
  for (const [i, value] of values.entries()) {
    const fault = type.check(value);
    const first = seen.get(value);
    if (fault !== undefined) faults.push({ path: place(i), ...fault, message: `${prefix(value)}${fault.message}` });
    else if (first !== undefined)
      faults.push({ path: place(i), message: `${value} stands twice on this axis (already at position ${first + 1})` });
    seen.set(value, first ?? i);
    if (faults.length === 5) break;
  }
  return faults;
}

function conditionFaults(text: string, path: KeyPath, types: Types, own?: string): readonly FileFault[] {
  try {
    const conditions = parseConditions(text, types);
    const circular = own !== undefined && conditions.some(({ names }) => names.has(own));
    return circular ? [{ path, message: `the presence of ${own} cannot depend on ${own} itself` }] : [];
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { message, offset, suggestion } = error;
    return [{ path, message, offset, suggestion }];
  }
}

function zipFaults({ zip = [] }: SweepFile, axes: readonly Axis[], entries: Placed<unknown>): readonly FileFault[] {
  const used = new Set<string>();
  return zip.flatMap((group, g): readonly FileFault[] => {
    const members = group.map((name) => axes.find(({ parameter }) => parameter === name));
    const strange = group.findIndex((name, i) => members[i] === undefined || used.has(name));
    if (strange >= 0) {
      const name = group[strange]!;
      const suggestion = nearest(name, entries.keys());
      const path = ['zip', g, strange];
      return used.has(name)
        ? [{ path, message: `${name} is in two places of zip` }]
        : [{ path, message: `${name} is not an axis`, suggestion }];
    }
    for (const name of group) used.add(name);
    if (new Set(group).size < group.length)
      return [{ path: ['zip', g], message: 'an axis stands twice in this group' }];
    if (members.some((axis) => axis!.kind === 'continuous' || axis!.when !== undefined)) {
      return [{ path: ['zip', g], message: 'zipped axes are lists of values without "when"' }];
    }
    const lengths = members.map((axis) => (axis!.kind === 'discrete' ? axis!.values.length : 0));
    if (new Set(lengths).size === 1) return [];
    const shown = group.map((name, i) => `${name} has ${lengths[i]}`).join(', ');
    return [{ path: ['zip', g], message: `zipped axes need equally many values; ${shown}` }];
  });
}

function searchFaults({ search, trials, order }: SweepFile, override: number | undefined): readonly FileFault[] {
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

function objectiveFaults({ objective }: SweepFile, { metrics, name }: ExperimentContract): readonly FileFault[] {
  if (objective === undefined || metrics === undefined || Object.hasOwn(metrics, objective.metric)) return [];
  const known = Object.keys(metrics);
  const message = `${name} reports no metric ${objective.metric}; it reports ${known.join(', ')}`;
  return [{ path: ['objective', 'metric'], message, suggestion: nearest(objective.metric, known) }];
}

function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
