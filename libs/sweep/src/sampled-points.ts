import { createComponents, type Component } from './component.ts';
import type { Condition } from './expression.ts';
import type { Factor } from './factor.ts';
import { GridError } from './grid-error.ts';
import { applyCombination } from './grid-points.ts';
import { mix32, wordsOf } from './mix.ts';
import type { PointSource } from './points.ts';
import { MAX_SOBOL_DIMENSIONS, directionNumbers, sobolInteger } from './sobol.ts';
import type { ContinuousAxis } from './spec.ts';
import type { ParameterValue, Parameters } from './trial.ts';

/** Draws per wanted point before a search gives up finding points that it has not drawn yet. */
const DRAWS_PER_POINT = 64;

export interface SampledAxes {
  readonly factors: readonly Factor[];
  readonly continuous: readonly { readonly axis: ContinuousAxis; readonly when: readonly Condition[] }[];
  readonly where: readonly Condition[];
  /** Names of the structural parameters. */
  readonly structural: readonly string[];
  readonly base: Parameters;
}

export interface Sampling {
  readonly kind: 'random' | 'sobol';
  readonly points: number;
  readonly seed: number;
}

/** Coordinate `dimension` in [0, 1) of draw number `draw`. */
type Coordinates = (draw: number, dimension: number) => number;

/**
 * Distinct points drawn at random or along a Sobol sequence with a seeded digital shift. Every component of coupled
 * discrete axes is one dimension, uniform over its allowed combinations, so no draw is rejected by a condition; every
 * continuous axis is one more. Draws that repeat a point are passed over.
 */
export function sampledPoints(axes: SampledAxes, sampling: Sampling): PointSource {
  const components = createComponents(axes.factors, axes.where, axes.base);
  if (components.some(({ size }) => size === 0)) {
    throw new GridError('empty', 'where', `no point meets ${axes.where.map(({ text }) => `"${text}"`).join(' and ')}`);
  }
  const dimensions = components.length + axes.continuous.length;
  const coordinates =
    sampling.kind === 'sobol' ? sobolCoordinates(dimensions, sampling.seed) : randomCoordinates(sampling.seed);
  const draw = (number: number) => drawPoint(axes, components, (dimension) => coordinates(number, dimension));
  const draws = distinctDraws(draw, sampling.points);
  const params = (point: number) => draw(draws[point]!);
  // a hundred bytes a point, made only where trials of another grid are looked for in this one
  let points: ReadonlyMap<number, number> | undefined;

  return {
    size: sampling.points,
    excluded: 0,
    params,
    find: (wanted) => {
      points ??= new Map(Array.from(draws, (number, point) => [fingerprint(draw(number)), point]));
      const names = Object.keys(draw(draws[0]!));
      return points.get(fingerprint(Object.fromEntries(names.map((name) => [name, wanted[name]!]))));
    },
    groupEnd: (point, limit) => {
      const first = params(point);
      let end = point + 1;
      while (end < limit && axes.structural.every((name) => params(end)[name] === first[name])) end++;
      return end;
    },
  };
}

function drawPoint(
  axes: SampledAxes,
  components: readonly Component[],
  coordinate: (dimension: number) => number,
): Parameters {
  const params: Record<string, ParameterValue> = { ...axes.base };
  for (const [k, component] of components.entries()) {
    applyCombination(component, Math.floor(coordinate(k) * component.size), params);
  }
  for (const [k, { axis, when }] of axes.continuous.entries()) {
    if (when.every((condition) => condition.holds(params))) {
      params[axis.parameter] = valueAt(axis, coordinate(components.length + k));
    }
  }
  return params;
}

/** 12 significant digits, as on spaced axes. */
function valueAt({ min, max, scale, integer }: ContinuousAxis, u: number): number {
  const value = scale === 'log' ? min * (max / min) ** u : min + (max - min) * u;
  return integer ? Math.round(value) : Number(value.toPrecision(12));
}

/** The numbers of the first draws that give `count` distinct points. Throws `GridError` if there seem not to be so many. */
function distinctDraws(draw: (number: number) => Parameters, count: number): Uint32Array {
  const seen = new Set<number>();
  const draws = new Uint32Array(count);
  for (let number = 0; seen.size < count; number++) {
    if (number >= count * DRAWS_PER_POINT) {
      throw new GridError(
        'search',
        'trials',
        `asks for ${count} distinct points, but the axes give only about ${seen.size}; use fewer, or search: grid`,
      );
    }
    const before = seen.size;
    seen.add(fingerprint(draw(number)));
    if (seen.size > before) draws[before] = number;
  }
  return draws;
}

/** 53 bits of a hash: a collision passes over one draw and is otherwise harmless. */
function fingerprint(params: Parameters): number {
  const text = JSON.stringify(params);
  const codes = Array.from(text, (character) => character.charCodeAt(0));
  return mix32(0, ...codes) * 2 ** 21 + (mix32(1, ...codes) >>> 11);
}

function randomCoordinates(seed: number): Coordinates {
  const words = wordsOf(seed);
  return (draw, dimension) => {
    const high = mix32(...words, draw, dimension, 0) >>> 6;
    const low = mix32(...words, draw, dimension, 1) >>> 5;
    return (high * 2 ** 27 + low) / 2 ** 53;
  };
}

function sobolCoordinates(dimensions: number, seed: number): Coordinates {
  if (dimensions > MAX_SOBOL_DIMENSIONS) {
    throw new GridError(
      'search',
      'axes',
      `search: sobol has at most ${MAX_SOBOL_DIMENSIONS} dimensions, these axes have ${dimensions}`,
    );
  }
  const directions = Array.from({ length: dimensions }, (_, dimension) => directionNumbers(dimension));
  const shifts = directions.map((_, dimension) => mix32(...wordsOf(seed), dimension));
  return (draw, dimension) => ((sobolInteger(directions[dimension]!, draw) ^ shifts[dimension]!) >>> 0) / 2 ** 32;
}
