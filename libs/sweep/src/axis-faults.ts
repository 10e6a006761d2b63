import { MAX_AXIS_VALUES } from './axis-values.ts';
import { ExpressionError } from './expression-error.ts';
import { parseConditions } from './expression.ts';
import type { ParameterType } from './parameter-type.ts';
import type { KeyPath } from './problem.ts';
import type { FileFault } from './schema-faults.ts';
import type { Axis } from './spec.ts';
import type { AxisEntry, SweepFile } from './sweep-file.ts';
import type { ParameterValue } from './trial.ts';

export interface AxisContext {
  readonly entry: AxisEntry;
  readonly path: KeyPath;
  readonly type: ParameterType;
  readonly types: ReadonlyMap<string, ParameterType>;
  readonly search: SweepFile['search'];
  /** A zipped axis may repeat a value: its points are those of the whole group. */
  readonly zipped: boolean;
}

/** What is wrong with one axis: its values, its range, its condition. */
export function axisFaults(axis: Axis, context: AxisContext): readonly FileFault[] {
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

function valueFaults(
  values: readonly ParameterValue[],
  { entry, path, type, zipped }: AxisContext,
): readonly FileFault[] {
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
    else if (first !== undefined && !zipped)
      faults.push({ path: place(i), message: `${value} stands twice on this axis (already at position ${first + 1})` });
    seen.set(value, first ?? i);
    if (faults.length === 5) break;
  }
  return faults;
}

/** What is wrong with a condition; `own` is the axis whose presence it decides. */
export function conditionFaults(
  text: string,
  path: KeyPath,
  types: ReadonlyMap<string, ParameterType>,
  own?: string,
): readonly FileFault[] {
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
