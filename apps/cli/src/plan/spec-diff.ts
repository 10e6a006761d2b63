import { createGrid, type Axis, type ExperimentContract, type SweepSpec } from '@natsweep/sweep';

import { spreadIndex } from './groups.ts';

/** One entry of a spec that another version has otherwise. */
export interface Change {
  /** E.g. `axes.damping`. */
  readonly place: string;
  /** E.g. `+ 0.01, 0.1  - 0` for the values of an axis, `30 → 40` for anything else. */
  readonly change: string;
}

/** What becomes of the trials of a sweep. */
export interface TrialChanges {
  readonly before: number;
  readonly after: number;
  /** Planned by both; their records stay valid. */
  readonly kept: number;
  /** False where `kept` was estimated from a sample of a large grid. */
  readonly exact: boolean;
}

/** Grids up to this size are compared trial by trial, of larger ones a sample of this many. */
const comparedTrials = 200_000;
const shownValues = 8;

/** What differs between two specs: axes first, then the rest in the order of the spec. */
export function specChanges(before: SweepSpec, after: SweepSpec): readonly Change[] {
  const parameters = [...before.axes, ...after.axes].map(({ parameter }) => parameter);
  const axisOf = ({ axes }: SweepSpec, parameter: string) => axes.find((axis) => axis.parameter === parameter);
  const axes = [...new Set(parameters)].flatMap((parameter) => {
    const change = axisChange(axisOf(before, parameter), axisOf(after, parameter));
    return change === undefined ? [] : [{ place: `axes.${parameter}`, change }];
  });
  const [old, now] = [flatten(before), flatten(after)];
  const others = [...new Set([...old.keys(), ...now.keys()])]
    .filter((place) => old.get(place) !== now.get(place))
    .map((place) => ({ place, change: `${old.get(place) ?? 'nothing'} → ${now.get(place) ?? 'nothing'}` }));
  return [...axes, ...others];
}

/** Looks for the trials of the smaller grid in the larger one. */
export function trialChanges(before: SweepSpec, after: SweepSpec, experiment: ExperimentContract): TrialChanges {
  const [old, now] = [createGrid(before, experiment), createGrid(after, experiment)];
  const [smaller, larger] = old.size <= now.size ? [old, now] : [now, old];
  const looked = Math.min(smaller.size, comparedTrials);
  let found = 0;
  for (let i = 0; i < looked; i++) {
    const index = looked === smaller.size ? i : spreadIndex(i, smaller.size);
    if (larger.locate(smaller.trial(index)) !== undefined) found++;
  }
  const kept = Math.round((found / looked) * smaller.size);
  return { before: old.size, after: now.size, kept, exact: looked === smaller.size };
}

function axisChange(before: Axis | undefined, after: Axis | undefined): string | undefined {
  if (JSON.stringify(before) === JSON.stringify(after)) return undefined;
  const [old, now] = [plainValues(before), plainValues(after)];
  if (old === undefined || now === undefined) return `${JSON.stringify(before)} → ${JSON.stringify(after)}`;
  const [inOld, inNow] = [new Set(old), new Set(now)];
  const added = now.filter((value) => !inOld.has(value));
  const removed = old.filter((value) => !inNow.has(value));
  const parts = [
    ...(added.length > 0 ? [`+ ${list(added)}`] : []),
    ...(removed.length > 0 ? [`- ${list(removed)}`] : []),
  ];
  return parts.length === 0 ? 'another order' : parts.join('  ');
}

/** The values of a discrete axis without a condition; none for an axis that is not there. */
function plainValues(axis: Axis | undefined): readonly unknown[] | undefined {
  if (axis === undefined) return [];
  return axis.kind === 'discrete' && axis.when === undefined ? axis.values : undefined;
}

function list(values: readonly unknown[]): string {
  const shown = values.slice(0, shownValues).join(', ');
  return values.length > shownValues ? `${shown}, … (${values.length} values)` : shown;
}

function flatten({ axes: _, fixed, limits, ...rest }: SweepSpec): ReadonlyMap<string, string> {
  const entries = (prefix: string, values: object) =>
    Object.entries(values).map(([key, value]) => [`${prefix}${key}`, JSON.stringify(value)] as const);
  return new Map([...entries('', rest), ...entries('fixed.', fixed), ...entries('limits.', limits)]);
}
