import { spread } from '@natsweep/catalogue';
import type { Measured, Parameters, ParameterValue } from '@natsweep/sweep';
import { valuesOf } from './grouping.ts';
import { spansDecades } from './objective.ts';
import { Partners } from './partners.ts';
import { pointsOf } from './points.ts';
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

/** What a comparison reads of a trial. */
export interface ComparedTrial {
  readonly params: Parameters;
  readonly seed: number;
  /** Of the metric; null where it was not measured. */
  readonly value: Measured;
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
  /** Parameters over which each side of a pair is a mean: those to be ignored, and those that only one side has. */
  readonly averagedOver: readonly string[];
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

/**
 * Compares the values of a parameter, paired by all other parameters and the seed (common random numbers). A parameter
 * that only one of two values has, as gradient descent has no damping, cannot pair them: it is averaged over.
 */
export function compareTrials(all: readonly ComparedTrial[], options: CompareOptions): Comparison | undefined {
  const { by, metric, goal, ignore = [] } = options;
  const values = valuesOf(all, by);
  const baseline = options.baseline ?? (values.includes('gradient-descent') ? 'gradient-descent' : values[0]);
  if (baseline === undefined || !values.includes(baseline)) return undefined;

  const sides = Map.groupBy(all, ({ params }) => params[by]);
  const compared = values.flatMap((value) => sides.get(value)!);
  const scale = spansDecades(compared.flatMap(({ value }) => value ?? [])) ? 'ratio' : 'difference';
  const rows = values
    .filter((value) => value !== baseline)
    .map((value): ComparedValue => {
      const [trials, references] = [sides.get(value)!, sides.get(baseline)!];
      const without = [...new Set([...ignore, ...unshared(trials, references)])].filter((name) => name !== by);
      const averagedOver = without.filter((name) => varies(name, trials, references));
      const partners = new Partners([by, ...without]);
      const [own, others] = [partners.means(trials), partners.means(references)];
      const pairs: [Measured, Measured][] = [];
      for (const [partner, mean] of own) if (others.has(partner)) pairs.push([mean, others.get(partner)!]);
      const differsIn = pairs.length > 0 ? [] : disjointParameters(trials, references, by);
      return { ...comparedValue(value, pairs, { scale, goal }), averagedOver, differsIn };
    });
  return { by, metric, goal, baseline, scale, rows };
}

/** Parameters that trials of one side have and none of the other. */
function unshared(left: readonly ComparedTrial[], right: readonly ComparedTrial[]): readonly string[] {
  const [ours, theirs] = [namesOf(left), namesOf(right)];
  return [...ours, ...theirs].filter((name) => !ours.has(name) || !theirs.has(name));
}

function namesOf(trials: readonly ComparedTrial[]): Set<string> {
  const names = new Set<string>();
  for (const params of pointsOf(trials).params) for (const name of Object.keys(params)) names.add(name);
  return names;
}

function varies(name: string, ...sides: readonly (readonly ComparedTrial[])[]): boolean {
  return sides.some((side) => valuesOf(side, name).length > 1);
}

function comparedValue(
  value: ParameterValue,
  pairs: readonly (readonly [Measured, Measured])[],
  { scale, goal }: Pick<Comparison, 'scale' | 'goal'>,
): Omit<ComparedValue, 'differsIn' | 'averagedOver'> {
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

/** Parameters in which the trials of two sides have no value in common. */
function disjointParameters(
  left: readonly ComparedTrial[],
  right: readonly ComparedTrial[],
  by: string,
): readonly string[] {
  const shared = namesOf(right);
  const names = [...namesOf(left)].filter((name) => name !== by && shared.has(name));
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
