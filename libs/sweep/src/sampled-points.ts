import { combinationOf, createComponents } from './component.ts';
import { randomCoordinates, sobolCoordinates } from './coordinates.ts';
import type { Condition } from './expression.ts';
import type { Factor } from './factor.ts';
import { GridError } from './grid-error.ts';
import { applyCombination } from './grid-points.ts';
import { hashOf, type Digits } from './point-hash.ts';
import { PointTable } from './point-table.ts';
import type { PointSource } from './points.ts';
import { quoteConditions } from './quote-conditions.ts';
import type { ContinuousAxis } from './spec.ts';
import type { ParameterValue, Parameters } from './trial.ts';

/** Draws per wanted point before a search gives up finding points that it has not drawn yet. */
const DRAWS_PER_POINT = 64;
/** Coordinates that are drawn in all, but for twice as many points as are wanted: a second of work. */
const MAX_COORDINATES = 2 ** 24;
/** Operations of conditions that are carried out for as many points as are wanted: half a second of work. */
const MAX_OPERATIONS = 2 ** 26;

export interface SampledAxes {
  readonly factors: readonly Factor[];
  readonly continuous: readonly ConditionalRange[];
  readonly where: readonly Condition[];
  /** Names of the structural parameters. */
  readonly structural: readonly string[];
  readonly base: Parameters;
}

interface ConditionalRange {
  readonly axis: ContinuousAxis;
  readonly when: readonly Condition[];
}

export interface Sampling {
  readonly kind: 'random' | 'sobol';
  readonly points: number;
  readonly seed: number;
}

/**
 * Distinct points drawn at random or along a Sobol sequence with a seeded digital shift. Every component of coupled
 * discrete axes is one dimension, uniform over its allowed combinations, so no draw is rejected by a condition; every
 * continuous axis is one more. Draws that repeat a point are passed over.
 */
export function sampledPoints(axes: SampledAxes, { kind, points: size, seed }: Sampling): PointSource {
  const { continuous, where, structural, base } = axes;
  const components = createComponents(axes.factors, where, base);
  if (components.some((component) => component.size === 0)) {
    throw new GridError('empty', 'where', `no point meets ${quoteConditions(where)}`);
  }
  const dimensions = components.length + continuous.length;
  const coordinates = kind === 'sobol' ? sobolCoordinates(dimensions, seed) : randomCoordinates(seed);
  const digits: Digits = new Float64Array(dimensions);
  refuseCostlyConditions(continuous, size);
  const isConditional = continuous.some(({ when }) => when.length > 0);

  const discrete = (): Record<string, ParameterValue> => {
    const params = { ...base };
    for (const [k, component] of components.entries()) applyCombination(component, digits[k]!, params);
    return params;
  };
  const draw = (number: number): Digits => {
    for (let k = 0; k < components.length; k++) {
      digits[k] = Math.floor(coordinates(number, k) * components[k]!.size);
    }
    const params = isConditional ? discrete() : base;
    for (let c = 0, d = components.length; c < continuous.length; c++, d++) {
      const range = continuous[c]!;
      digits[d] = isPresent(range, params) ? valueAt(range.axis, coordinates(number, d)) : NaN;
    }
    return digits;
  };
  const most = Math.min(size * DRAWS_PER_POINT, Math.max(2 * size, Math.floor(MAX_COORDINATES / (dimensions + 2))));
  const { draws, table } = distinctDraws(draw, size, most);
  const params = (point: number): Parameters => {
    draw(draws[point]!);
    const values = discrete();
    for (const [c, { axis }] of continuous.entries()) {
      const value = digits[components.length + c]!;
      if (!Number.isNaN(value)) values[axis.parameter] = value;
    }
    return values;
  };

  return {
    size,
    excluded: 0,
    params,
    find: (wanted) => {
      for (const [k, component] of components.entries()) digits[k] = combinationOf(component, wanted) ?? NaN;
      for (const [c, range] of continuous.entries()) {
        digits[components.length + c] = isPresent(range, wanted) ? Number(wanted[range.axis.parameter]) : NaN;
      }
      return table.find(hashOf(digits));
    },
    groupEnd: (point, limit) => {
      const first = params(point);
      let end = point + 1;
      while (end < limit && structural.every((name) => params(end)[name] === first[name])) end++;
      return end;
    },
  };
}

function isPresent({ when }: ConditionalRange, params: Parameters): boolean {
  return when.every((condition) => condition.holds(params));
}

/** 12 significant digits, as on spaced axes. */
function valueAt({ min, max, scale, integer }: ContinuousAxis, u: number): number {
  const value = scale === 'log' ? min * (max / min) ** u : min + (max - min) * u;
  return integer ? Math.round(value) : Number(value.toPrecision(12));
}

function refuseCostlyConditions(continuous: readonly ConditionalRange[], points: number): void {
  const conditions = continuous.flatMap(({ when }) => when);
  const operations = points * conditions.reduce((sum, condition) => sum + condition.operations, 0);
  if (operations <= MAX_OPERATIONS) return;
  throw new GridError(
    'search',
    'trials',
    `${conditions.length} condition${conditions.length === 1 ? '' : 's'} "when" at ${points} points take too long to evaluate; ` +
      'use fewer points or simpler conditions',
  );
}

/** The numbers of the first draws that give `count` distinct points. Throws `GridError` if `most` draws do not. */
function distinctDraws(draw: (number: number) => Digits, count: number, most: number) {
  const table = new PointTable(count);
  const draws = new Uint32Array(count);
  let found = 0;
  for (let number = 0; found < count; number++) {
    if (number >= most) {
      throw new GridError(
        'search',
        'trials',
        `asks for ${count} distinct points, but ${number} draws from these axes give only ${found}; use fewer, or search: grid`,
      );
    }
    if (table.add(hashOf(draw(number)), found)) draws[found++] = number;
  }
  return { draws, table };
}
