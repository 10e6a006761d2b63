import { spread } from '@natsweep/catalogue';
import type { Measured, Parameters, ParameterValue } from '@natsweep/sweep';
import type { ComparedTrials, Side } from './compared-trials.ts';
import { distinctValues, inOrder } from './grouping.ts';
import { spansDecades } from './objective.ts';
import { Partners, type PairedMeans } from './partners.ts';
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
export function compareTrials(all: ComparedTrials, options: CompareOptions): Comparison | undefined {
  const { by, metric, goal, ignore = [] } = options;
  const sides = all.sides(by);
  const values = inOrder(sides.keys());
  const baseline = options.baseline ?? (values.includes('gradient-descent') ? 'gradient-descent' : values[0]);
  if (baseline === undefined || !values.includes(baseline)) return undefined;

  const scale = spansDecades(measuredValues(all, sides.values())) ? 'ratio' : 'difference';
  const references = sides.get(baseline)!;
  const rows = values
    .filter((value) => value !== baseline)
    .map((value): ComparedValue => {
      const trials = sides.get(value)!;
      const without = [...new Set([...ignore, ...unshared(trials, references)])].filter((name) => name !== by);
      const averagedOver = without.filter((name) => varies(name, trials) || varies(name, references));
      const pairedBy = telling(trials, references).filter((name) => name !== by && !without.includes(name));
      const pairs = new Partners(all, pairedBy).means(trials, references);
      const differsIn = pairs.own.length > 0 ? [] : disjointParameters(trials, references, by);
      return { ...comparedValue(value, pairs, { scale, goal }), averagedOver, differsIn };
    });
  return { by, metric, goal, baseline, scale, rows };
}

function* measuredValues({ values }: ComparedTrials, sides: Iterable<Side>): Generator<number> {
  for (const { trials } of sides) for (const trial of trials) if (!Number.isNaN(values[trial])) yield values[trial]!;
}

/** Parameters that trials of one side have and none of the other. */
function unshared(left: Side, right: Side): readonly string[] {
  const [ours, theirs] = [namesOf(left), namesOf(right)];
  return [...ours, ...theirs].filter((name) => !ours.has(name) || !theirs.has(name));
}

function namesOf({ points }: Side): Set<string> {
  const names = new Set<string>();
  for (const params of points) for (const name of Object.keys(params)) names.add(name);
  return names;
}

function varies(name: string, { points }: Side): boolean {
  return distinctValues(points, name).length > 1;
}

/** Parameters that are not the same in all trials of two sides: of 25, a few. */
function telling(left: Side, right: Side): readonly string[] {
  const points: readonly Parameters[] = [...left.points, ...right.points];
  return [...namesOf(left)].filter((name) => points.some((params) => params[name] !== points[0]![name]));
}

function comparedValue(
  value: ParameterValue,
  { own, others }: PairedMeans,
  { scale, goal }: Pick<Comparison, 'scale' | 'goal'>,
): Omit<ComparedValue, 'differsIn' | 'averagedOver'> {
  const sign = goal === 'minimize' ? -1 : 1;
  const on = scale === 'ratio' ? Math.log : (x: number) => x;
  const back = scale === 'ratio' ? Math.exp : (x: number) => x;
  const differences: number[] = [];
  let wins = 0;
  for (const [pair, a] of own.entries()) {
    const b = others[pair]!;
    if (!Number.isNaN(a) && !Number.isNaN(b)) differences.push(on(a) - on(b));
    wins += winOf(a, b, sign);
  }
  const counts = { value, pairs: own.length, measuredPairs: differences.length };
  const winRate = own.length === 0 ? 0 : wins / own.length;
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
function disjointParameters(left: Side, right: Side, by: string): readonly string[] {
  const shared = namesOf(right);
  const names = [...namesOf(left)].filter((name) => name !== by && shared.has(name));
  return names.filter((name) => {
    const known = distinctValues(right.points, name);
    return distinctValues(left.points, name).every((value) => !known.includes(value));
  });
}

/** 1 if a is better than b, ½ for a tie. */
function winOf(a: number, b: number, sign: 1 | -1): number {
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return 0.5;
  if (Number.isNaN(a)) return 0;
  if (Number.isNaN(b)) return 1;
  return sign * (a - b) > 0 ? 1 : 0;
}
