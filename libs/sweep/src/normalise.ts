import { axisFaults, conditionFaults } from './axis-faults.ts';
import { MAX_AXIS_VALUES, axisValues, valueCount } from './axis-values.ts';
import type { ExperimentContract } from './contract.ts';
import {
  inBoth,
  missing,
  objectiveFaults,
  searchFaults,
  unknownParameters,
  zipFaults,
  type Placed,
} from './file-faults.ts';
import { parameterTypes, type ParameterType } from './parameter-type.ts';
import type { KeyPath } from './problem.ts';
import type { FileFault } from './schema-faults.ts';
import type { Axis, SweepSpec } from './spec.ts';
import type { AxisEntry, SweepFile, SweepSize } from './sweep-file.ts';

/** Values of all axes of a sweep, so that making them takes no second, and most specs of so many are no longer than may be. */
const MAX_VALUES = 200_000;

const defaultLimits = { maxAttempts: 3, trialTimeoutSeconds: 600, pauseAfterFailures: 20 };

export interface NormaliseOptions {
  readonly size: SweepSize;
  /** Parameters that the file gives were left out: none counts as missing. */
  readonly lacksParameters: boolean;
}

/** What a file means at one size, and everything that is wrong with it; the spec is sound only if there are no faults. */
export function normalise(
  file: SweepFile,
  experiment: ExperimentContract,
  { size, lacksParameters }: NormaliseOptions,
): { readonly spec: SweepSpec; readonly faults: readonly FileFault[] } {
  const types = parameterTypes(experiment);
  const override = file.sizes[size] ?? {};
  const axisEntries = merge(file.axes, 'axes', { size, replaced: override.axes, moved: override.fixed });
  const fixedEntries = merge(file.fixed, 'fixed', { size, replaced: override.fixed, moved: override.axes });
  const faults: FileFault[] = [
    ...unknownParameters([...axisEntries, ...fixedEntries], types),
    ...inBoth(file.axes, file.fixed, ['fixed']),
    ...inBoth(override.axes ?? {}, override.fixed ?? {}, ['sizes', size, 'fixed']),
    ...(lacksParameters ? [] : missing(types, axisEntries, fixedEntries)),
  ];
  const zipped = new Set(file.zip?.flat());
  const axes: Axis[] = [];
  let values = 0;
  for (const [parameter, { entry, path }] of axisEntries) {
    const type = types.get(parameter);
    if (type === undefined) continue;
    const count = valueCount(entry);
    values += count;
    if (values > MAX_VALUES && count <= MAX_AXIS_VALUES) {
      const message = `with this axis the sweep has ${values} values on its axes, and at most ${MAX_VALUES} are possible; use fewer, or draw from continuous ranges with search: random or sobol`;
      faults.push({ path, message });
      continue;
    }
    try {
      const axis = toAxis(parameter, entry, type);
      axes.push(axis);
      faults.push(
        ...axisFaults(axis, { entry, path, type, types, search: file.search, zipped: zipped.has(parameter) }),
      );
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
    ...zipFaults(file, axes),
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
    ...(file.slots !== undefined && { slots: file.slots }),
    reuse: file.reuse,
  };
  return { spec, faults };
}

interface Override<T> {
  readonly size: SweepSize;
  readonly replaced: Readonly<Record<string, T>> | undefined;
  /** Entries under the other key, which leave this one. */
  readonly moved: object | undefined;
}

/** A size replaces whole entries and may move a parameter between `axes` and `fixed`. */
function merge<T>(base: Readonly<Record<string, T>>, key: 'axes' | 'fixed', override: Override<T>): Placed<T> {
  const { size, replaced = {}, moved = {} } = override;
  const kept = Object.entries(base).filter(([parameter]) => !Object.hasOwn(moved, parameter));
  return new Map<string, { entry: T; path: KeyPath }>([
    ...kept.map(([parameter, entry]) => [parameter, { entry, path: [key, parameter] }] as const),
    ...Object.entries(replaced).map(
      ([parameter, entry]) => [parameter, { entry, path: ['sizes', size, key, parameter] }] as const,
    ),
  ]);
}

function toAxis(parameter: string, entry: AxisEntry, type: ParameterType): Axis {
  const when = Array.isArray(entry) || entry.when === undefined ? {} : { when: entry.when };
  if (!Array.isArray(entry) && entry.min !== undefined && entry.max !== undefined) {
    const { min, max, scale = 'linear' } = entry;
    return { kind: 'continuous', parameter, min, max, scale, integer: type.integer, ...when };
  }
  return { kind: 'discrete', parameter, values: axisValues(entry, type.integer), ...when };
}

function defined<T extends object>(object: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as never;
}
