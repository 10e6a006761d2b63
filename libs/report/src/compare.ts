import { spread, type Measurement } from '@natsweep/catalogue';
import type { Measured, ParameterValue } from '@natsweep/sweep';
import { valuesOf } from './grouping.ts';
import { spansDecades } from './objective.ts';
import { studentQuantile } from './student-t.ts';

export interface CompareOptions {
  /** The parameter whose values are compared. */
  readonly by: string;
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  /** The value that the others are compared with. Default: `gradient-descent` where it is one of them, else the first. */
  readonly baseline?: ParameterValue;
  /** Parameters that may differ within a pair: each side is then the mean over its trials. Default: none. */
  readonly ignore?: readonly string[];
}

export interface Comparison {
  readonly by: string;
  readonly metric: string;
  readonly goal: 'minimize' | 'maximize';
  readonly baseline: ParameterValue;
  /** Differences, or ratios (differences of the logarithm) where all values are positive and span 1.5 decades. */
  readonly scale: 'difference' | 'ratio';
  readonly rows: readonly ComparedValue[];
}

/** One value against the baseline, over all pairs of trials that agree in every other parameter and in the seed. */
export interface ComparedValue {
  readonly value: ParameterValue;
  readonly pairs: number;
  /** Where there are no pairs: the parameters in which no trial of this value agrees with one of the baseline. */
  readonly differsIn: readonly string[];
  /** Pairs in which both trials have a finite metric: those that the estimate rests on. */
  readonly measuredPairs: number;
  /** Mean difference, or geometric mean of the ratio; null without measured pairs. */
  readonly estimate: Measured;
  /** 95 % confidence interval of the estimate by Student's t over pairs; null for fewer than two. */
  readonly interval: readonly [number, number] | null;
  /** Share of pairs in which this value is better, ties counted half; a finite metric beats one that is not. */
  readonly winRate: number;
  /** Mean difference over its standard deviation (Cohen's d_z), positive where better; null where not defined. */
  readonly effectSize: Measured;
}

/** Compares the values of a parameter, paired by all other parameters and the seed (common random numbers). */
export function compareTrials(measurements: readonly Measurement[], options: CompareOptions): Comparison | undefined {
  const { by, metric, goal, ignore = [] } = options;
  const values = valuesOf(measurements, by);
  const baseline = options.baseline ?? (values.includes('gradient-descent') ? 'gradient-descent' : values[0]);
  if (baseline === undefined || !values.includes(baseline)) return undefined;

  const partners = new Map<string, Map<ParameterValue, Measured[]>>();
  for (const { params, seed, metrics } of measurements) {
    const value = params[by];
    if (value === undefined) continue;
    const others = Object.entries(params).filter(([name]) => name !== by && !ignore.includes(name));
    const key = JSON.stringify([others.sort(([a], [b]) => (a < b ? -1 : 1)), seed]);
    const group = partners.get(key) ?? new Map<ParameterValue, Measured[]>();
    partners.set(key, group);
    const found = group.get(value) ?? [];
    group.set(value, found);
    found.push(metrics[metric] ?? null);
  }
  const scale = scaleOf([...partners.values()].flatMap((group) => [...group.values()].map(meanOf)));
  const rows = values
    .filter((value) => value !== baseline)
    .map((value) => {
      const pairs = [...partners.values()].flatMap((group): [Measured, Measured][] =>
        group.has(value) && group.has(baseline) ? [[meanOf(group.get(value)!), meanOf(group.get(baseline)!)]] : [],
      );
      const differsIn = pairs.length > 0 ? [] : disjointParameters(measurements, by, [value, baseline]);
      return { ...comparedValue(value, pairs, { scale, goal }), differsIn };
    });
  return { by, metric, goal, baseline, scale, rows };
}

function comparedValue(
  value: ParameterValue,
  pairs: readonly (readonly [Measured, Measured])[],
  { scale, goal }: Pick<Comparison, 'scale' | 'goal'>,
): Omit<ComparedValue, 'differsIn'> {
  const sign = goal === 'minimize' ? -1 : 1;
  const on = scale === 'ratio' ? Math.log : (x: number) => x;
  const back = scale === 'ratio' ? Math.exp : (x: number) => x;
  const differences = pairs.flatMap(([a, b]) => (a === null || b === null ? [] : [on(a) - on(b)]));
  const wins = pairs.reduce((sum, [a, b]) => sum + winOf(a, b, sign), 0);
  const counts = { value, pairs: pairs.length, measuredPairs: differences.length };
  const winRate = pairs.length === 0 ? 0 : wins / pairs.length;
  if (differences.length === 0) return { ...counts, estimate: null, interval: null, winRate, effectSize: null };
  const { mean, deviation, count } = spread(differences);
  const half = count > 1 ? (studentQuantile(0.975, count - 1) * deviation) / Math.sqrt(count) : undefined;
  return {
    ...counts,
    estimate: back(mean),
    interval: half === undefined ? null : [back(mean - half), back(mean + half)],
    winRate,
    effectSize: deviation > 0 ? (sign * mean) / deviation : null,
  };
}

/** Parameters of which two values of `by` have no value in common: a conditional axis is such a one. */
function disjointParameters(
  measurements: readonly Measurement[],
  by: string,
  [first, second]: readonly [ParameterValue, ParameterValue],
): readonly string[] {
  const of = (value: ParameterValue) => measurements.filter(({ params }) => params[by] === value);
  const [left, right] = [of(first), of(second)];
  const names = Object.keys(left[0]?.params ?? {}).filter((name) => name !== by);
  return names.filter((name) => {
    const known = valuesOf(right, name);
    return valuesOf(left, name).every((value) => !known.includes(value));
  });
}

/** 1 if a is better than b, ½ for a tie. */
function winOf(a: Measured, b: Measured, sign: 1 | -1): number {
  if (a === b) return 0.5;
  if (a === null) return 0;
  if (b === null) return 1;
  return sign * (a - b) > 0 ? 1 : 0;
}

/** Null as soon as one of them is: a diverged trial is not averaged away. */
function meanOf(values: readonly Measured[]): Measured {
  const finite = values.filter((value) => value !== null);
  return finite.length < values.length ? null : spread(finite).mean;
}

function scaleOf(values: readonly Measured[]): Comparison['scale'] {
  return spansDecades(values.filter((value) => value !== null)) ? 'ratio' : 'difference';
}
